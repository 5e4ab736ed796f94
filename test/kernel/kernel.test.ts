import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { backward } from '../../src/kernel/backward-pass.ts'
import { forward, forwardForTraining } from '../../src/kernel/forward-pass.ts'
import { loadKernel } from '../../src/kernel/load-kernel.ts'
import { packWeights } from '../../src/kernel/packed-weights.ts'
import { windowPass } from '../../src/kernel/window-pass.ts'
import { recurrentReference } from '../golden/recurrent-reference.ts'
import { apart, asReference, cells, drawCase, sizes } from './cases.ts'

/** Of the largest value of a kind. */
const TOLERANCE = 1e-5

describe.each(['relaxed', 'simd128'] as const)('kernel, %s', (variant) => {
  const kernel = loadKernel([variant])
  if (!kernel) {
    test.skip(`kernel - this machine does not run the ${variant} build`)
    return
  }

  test('kernel - outputs and all gradients are those of double precision to 1e-5, for any shape, masks and activations', () => {
    fc.assert(
      fc.property(cells, sizes, (cell, size) => {
        const drawn = drawCase(cell, size)
        const golden = recurrentReference(asReference(drawn))
        const weights = packWeights(kernel, cell, drawn.weights)
        const { output, kept } = forwardForTraining(kernel, cell, { inputs: drawn, weights })
        const predicted = output.slice()
        weights.release()
        const gradients = backward(kernel, kept, {
          weights: drawn.weights,
          output: drawn.outputGradient,
          inputs: true,
        })
        kept.release()
        expect(apart(predicted, golden.output)).toBeLessThan(TOLERANCE)
        expect(apart(gradients.kernel, golden.kernel)).toBeLessThan(TOLERANCE)
        expect(apart(gradients.recurrent, golden.recurrent)).toBeLessThan(TOLERANCE)
        expect(apart(gradients.bias, golden.bias)).toBeLessThan(TOLERANCE)
        expect(apart(gradients.inputs ?? [], golden.inputs)).toBeLessThan(TOLERANCE)
        expect(kernel.heap.held()).toBe(0)
      }),
      // One seed: where a relu or a hard sigmoid derivatives, rounding may take the other side once in some million values.
      { numRuns: 150, seed: 3 },
    )
  })

  test('kernel - what is kept for training changes no output, nor does being a batch of one', () => {
    fc.assert(
      fc.property(cells, sizes, (cell, size) => {
        const before = kernel.heap.held()
        const drawn = drawCase(cell, { ...size, masks: 'none' })
        const weights = packWeights(kernel, cell, drawn.weights)
        const { output, kept } = forwardForTraining(kernel, cell, { inputs: drawn, weights })
        const predicted = output.slice()
        kept.release()
        expect([...forward(kernel, cell, { inputs: drawn, weights })]).toEqual([...predicted])
        const length = drawn.steps * cell.inputs
        const window = windowPass(kernel, cell, { steps: drawn.steps, weights })
        const alone = Array.from({ length: drawn.samples }, (_, sample) => [
          ...window.forward(drawn.x.subarray(sample * length, (sample + 1) * length)),
        ])
        expect(apart(alone.flat(), predicted)).toBeLessThan(TOLERANCE)
        window.release()
        weights.release()
        expect(kernel.heap.held()).toBe(before)
      }),
      { numRuns: 100 },
    )
  })
})
