import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadKernel } from '../../../src/kernel/load-kernel.ts'
import { kernelMlpPredictor } from '../../../src/networks/mlp/kernel-mlp-predictor.ts'
import { shapedParameters } from '../../../src/networks/mlp/mlp-layout.ts'
import { plainMlpPredictor } from '../../../src/networks/mlp/mlp-predictor.ts'
import { VARIANTS } from '../../../src/wasm/variant.ts'
import { apart } from '../../kernel/cases.ts'
import { drawMlp } from './mlp-cases.ts'

const shapes = fc.record({
  inputs: fc.integer({ min: 1, max: 40 }),
  hidden: fc.constantFrom(8, 16, 24, 128),
  seed: fc.nat(),
})

test.each(VARIANTS)(
  'mlp inference - the %s kernel predicts what plain loops predict, row after row',
  (variant) => {
    const kernel = loadKernel([variant])
    expect(kernel).toBeDefined()
    if (!kernel) return
    const held = kernel.heap.held()
    fc.assert(
      fc.property(shapes, ({ inputs, hidden, seed }) => {
        const spec = { inputs, hidden, dropout: 0, noise: 0 }
        const { parameters, batch } = drawMlp(spec, { size: 3, seed })
        const arrays = shapedParameters(spec, parameters)
        const [plain, fused] = [plainMlpPredictor(arrays), kernelMlpPredictor(kernel, arrays)]
        for (let row = 0; row < 3; row++) {
          const features = Float64Array.from(batch.x.subarray(row * inputs, (row + 1) * inputs))
          expect(apart(fused.predict(features), plain.predict(features))).toBeLessThan(1e-5)
        }
        fused.release()
      }),
      { numRuns: 60 },
    )
    expect(kernel.heap.held()).toBe(held)
  },
)

test('mlp inference - features that do not fit are rejected rather than misread', () => {
  const spec = { inputs: 3, hidden: 8, dropout: 0, noise: 0 }
  const arrays = shapedParameters(spec, drawMlp(spec, { size: 1, seed: 1 }).parameters)
  const kernel = loadKernel()
  const predictors = [plainMlpPredictor(arrays), ...(kernel ? [kernelMlpPredictor(kernel, arrays)] : [])]
  for (const predictor of predictors) {
    expect(() => predictor.predict(new Float64Array(4))).toThrow('4 features do not fit 3 inputs')
  }
})
