import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadKernel } from '../../../src/kernel/load-kernel.ts'
import { kernelSlopes } from '../../../src/networks/mlp/kernel-mlp-gradients.ts'
import { layoutOf } from '../../../src/networks/mlp/mlp-layout.ts'
import { plainSlopes } from '../../../src/networks/mlp/plain-mlp-gradients.ts'
import { VARIANTS } from '../../../src/wasm/variant.ts'
import { apart } from '../../kernel/cases.ts'
import { drawDense, SMALL_DENSE } from './mlp-cases.ts'

test('dense slopes - are those that small differences of the loss show', () => {
  const { parameters, batch } = drawDense(SMALL_DENSE, { size: 5, seed: 3 })
  const slopes = plainSlopes(SMALL_DENSE)
  const slope = new Float32Array(parameters.length)
  slopes(parameters, batch, slope)
  const scratch = new Float32Array(parameters.length)
  const lossWith = (index: number, by: number): number => {
    const moved = parameters.slice()
    moved[index]! += by
    return slopes(moved, batch, scratch)
  }
  const { second, secondBias } = layoutOf(SMALL_DENSE)
  // Some of each of the four arrays.
  for (const index of [0, 5, 40, second - 16, second - 1, second, second + 77, secondBias, secondBias + 23]) {
    const step = 2 ** -9
    const difference = (lossWith(index, step) - lossWith(index, -step)) / (2 * step)
    expect(Math.abs(difference - slope[index]!), `parameter ${index}`).toBeLessThan(2e-4)
  }
  expect(slope.some((value) => Math.abs(value) > 1e-2)).toBe(true)
})

test.each(VARIANTS)('dense slopes - the %s kernel has the same loss and slopes', (variant) => {
  const kernel = loadKernel([variant])
  expect(kernel).toBeDefined()
  if (!kernel) return
  const shapes = fc.record({
    inputs: fc.integer({ min: 1, max: 40 }),
    hidden: fc.constantFrom(8, 16, 24, 128),
    size: fc.integer({ min: 1, max: 33 }),
    seed: fc.nat(),
  })
  const held = kernel.heap.held()
  fc.assert(
    fc.property(shapes, ({ inputs, hidden, size, seed }) => {
      const spec = { inputs, hidden, dropout: 0, noise: 0 }
      const { parameters, batch } = drawDense(spec, { size, seed })
      const [plain, fused] = [
        new Float32Array(parameters.length),
        new Float32Array(parameters.length).fill(9),
      ]
      const expected = plainSlopes(spec)(parameters, batch, plain)
      const loss = kernelSlopes(kernel, spec)(parameters, batch, fused)
      expect(Math.abs(loss - expected)).toBeLessThan(1e-5 * Math.max(1, expected))
      expect(apart(fused, plain)).toBeLessThan(1e-5)
    }),
    { numRuns: 60 },
  )
  expect(kernel.heap.held()).toBe(held)
})

test('dense slopes - a batch without any truth has no loss and no slope', () => {
  const { parameters, batch } = drawDense(SMALL_DENSE, { size: 3, seed: 1 })
  const unknown = { ...batch, truth: batch.truth.map(() => Number.NaN) }
  const kernel = loadKernel()
  for (const slopes of [plainSlopes(SMALL_DENSE), ...(kernel ? [kernelSlopes(kernel, SMALL_DENSE)] : [])]) {
    const slope = new Float32Array(parameters.length).fill(1)
    expect(slopes(parameters, unknown, slope)).toBe(0)
    expect(slope.every((value) => value === 0)).toBe(true)
  }
})
