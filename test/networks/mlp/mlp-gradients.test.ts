import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadKernel } from '../../../src/kernel/load-kernel.ts'
import { kernelMlpGradients } from '../../../src/networks/mlp/kernel-mlp-gradients.ts'
import { layoutOf } from '../../../src/networks/mlp/mlp-layout.ts'
import { plainMlpGradients } from '../../../src/networks/mlp/plain-mlp-gradients.ts'
import { VARIANTS } from '../../../src/wasm/variant.ts'
import { apart } from '../../kernel/cases.ts'
import { drawMlp, SMALL_MLP } from './mlp-cases.ts'

test('mlp gradients - are those that small differences of the loss show', () => {
  const { parameters, batch } = drawMlp(SMALL_MLP, { size: 5, seed: 3 })
  const gradients = plainMlpGradients(SMALL_MLP)
  const gradient = new Float32Array(parameters.length)
  gradients(parameters, batch, gradient)
  const scratch = new Float32Array(parameters.length)
  const lossWith = (index: number, by: number): number => {
    const moved = parameters.slice()
    moved[index]! += by
    return gradients(moved, batch, scratch)
  }
  const { second, secondBias } = layoutOf(SMALL_MLP)
  // Some of each of the four arrays.
  for (const index of [0, 5, 40, second - 16, second - 1, second, second + 77, secondBias, secondBias + 23]) {
    const step = 2 ** -9
    const difference = (lossWith(index, step) - lossWith(index, -step)) / (2 * step)
    expect(Math.abs(difference - gradient[index]!), `parameter ${index}`).toBeLessThan(2e-4)
  }
  expect(gradient.some((value) => Math.abs(value) > 1e-2)).toBe(true)
})

test.each(VARIANTS)('mlp gradients - the %s kernel has the same loss and gradients', (variant) => {
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
      const { parameters, batch } = drawMlp(spec, { size, seed })
      const [plain, fused] = [
        new Float32Array(parameters.length),
        new Float32Array(parameters.length).fill(9),
      ]
      const expected = plainMlpGradients(spec)(parameters, batch, plain)
      const loss = kernelMlpGradients(kernel, spec)(parameters, batch, fused)
      expect(Math.abs(loss - expected)).toBeLessThan(1e-5 * Math.max(1, expected))
      expect(apart(fused, plain)).toBeLessThan(1e-5)
    }),
    { numRuns: 60 },
  )
  expect(kernel.heap.held()).toBe(held)
})

test('mlp gradients - a batch without any truth has no loss and no gradient', () => {
  const { parameters, batch } = drawMlp(SMALL_MLP, { size: 3, seed: 1 })
  const unknown = { ...batch, truth: batch.truth.map(() => Number.NaN) }
  const kernel = loadKernel()
  for (const gradients of [
    plainMlpGradients(SMALL_MLP),
    ...(kernel ? [kernelMlpGradients(kernel, SMALL_MLP)] : []),
  ]) {
    const gradient = new Float32Array(parameters.length).fill(1)
    expect(gradients(parameters, unknown, gradient)).toBe(0)
    expect(gradient.every((value) => value === 0)).toBe(true)
  }
})
