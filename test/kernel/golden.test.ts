import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { backward } from '../../src/kernel/backward-pass.ts'
import type { Cell } from '../../src/kernel/cell.ts'
import { forwardForTraining } from '../../src/kernel/forward-pass.ts'
import { loadKernel } from '../../src/kernel/load-kernel.ts'
import { packWeights } from '../../src/kernel/packed-weights.ts'
import { recurrentReference } from '../golden/recurrent-reference.ts'
import { apart } from './cases.ts'

/** Double precision by automatic differentiation, as golden/recurrent.py wrote it. */
interface Golden {
  readonly cell: Cell
  readonly samples: number
  readonly steps: number
  readonly given: Record<
    'x' | 'kernel' | 'recurrent' | 'bias' | 'inputMask' | 'stateMask' | 'outputGradient',
    number[]
  >
  readonly output: number[]
  readonly gradients: Record<'x' | 'kernel' | 'recurrent' | 'bias', number[]>
}

const goldens: Golden[] = JSON.parse(
  readFileSync(new URL('../golden/recurrent.json', import.meta.url), 'utf8'),
)

describe.each(goldens)('golden - $cell', ({ cell, samples, steps, given, output, gradients }) => {
  test('the reference in double precision agrees with automatic differentiation', () => {
    const mine = recurrentReference({ cell, samples, steps, ...given })
    expect(apart(mine.output, output)).toBeLessThan(1e-8)
    expect(apart(mine.inputs, gradients.x)).toBeLessThan(1e-8)
    expect(apart(mine.kernel, gradients.kernel)).toBeLessThan(1e-8)
    expect(apart(mine.recurrent, gradients.recurrent)).toBeLessThan(1e-8)
    expect(apart(mine.bias, gradients.bias)).toBeLessThan(1e-8)
  })

  test.each(['relaxed', 'simd128'] as const)('the kernel agrees too, to 1e-5: %s', (variant) => {
    const kernel = loadKernel([variant])
    if (!kernel) return
    const single = (values: readonly number[]): Float32Array => Float32Array.from(values)
    const weights = {
      kernel: single(given.kernel),
      recurrent: single(given.recurrent),
      bias: single(given.bias),
    }
    const masks = { input: single(given.inputMask), state: single(given.stateMask), perGate: false }
    const inputs = { samples, steps, x: single(given.x), masks }
    const packed = packWeights(kernel, cell, weights)
    const { output: view, kept } = forwardForTraining(kernel, cell, { inputs, weights: packed })
    const predicted = view.slice()
    const back = backward(kernel, kept, { weights, output: single(given.outputGradient), inputs: true })
    expect(apart(predicted, output)).toBeLessThan(1e-5)
    expect(apart(back.inputs ?? [], gradients.x)).toBeLessThan(1e-5)
    expect(apart(back.kernel, gradients.kernel)).toBeLessThan(1e-5)
    expect(apart(back.recurrent, gradients.recurrent)).toBeLessThan(1e-5)
    expect(apart(back.bias, gradients.bias)).toBeLessThan(1e-5)
  })
})
