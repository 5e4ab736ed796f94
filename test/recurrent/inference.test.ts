import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/domain/random.ts'
import type { NetworkSpec, WeightArray } from '../../src/domain/weights.ts'
import { startEngine } from '../../src/recurrent/backend.ts'
import { featureCount } from '../../src/recurrent/encode.ts'
import { fusedPredictor } from '../../src/recurrent/fused-inference.ts'
import { predictor } from '../../src/recurrent/inference.ts'
import { loadKernel } from '../../src/recurrent/kernel/load.ts'
import { buildNetwork } from '../../src/recurrent/network.ts'
import { SMALL } from './networks.ts'

beforeAll(() => startEngine('cpu'))

const kernel = loadKernel()
const predictors = [
  { way: 'in plain arithmetic', build: predictor },
  ...(kernel
    ? [
        {
          way: 'by the fused kernel',
          build: (spec: NetworkSpec, arrays: readonly WeightArray[]) => fusedPredictor(kernel, spec, arrays),
        },
      ]
    : []),
]
const cells = ['gru', 'lstm'] as const
const stacks = [[8], [32], [8, 12], [6, 10, 4]]
const networks: NetworkSpec[] = cells.flatMap((cell) =>
  stacks.flatMap((units) =>
    [false, true].map((bidirectional) => ({ ...SMALL, cell, units, bidirectional, steps: 9 })),
  ),
)

/** A network with all weights drawn, biases and head included, and what TensorFlow.js says for some windows. */
function randomNetwork(spec: NetworkSpec, seed: number) {
  const random = seededRandom(seed)
  const length = spec.steps * featureCount(spec)
  const windows = Array.from({ length: 3 }, () =>
    Float32Array.from({ length }, () => 4 * (random.unit() - 0.5)),
  )
  const model = buildNetwork(spec, 1)
  const arrays: WeightArray[] = model.getWeights().map(({ shape, size }) => ({
    shape,
    values: Float32Array.from({ length: size }, () => 1.5 * (random.unit() - 0.5)),
  }))
  const outputs = tf.tidy(() => {
    model.setWeights(arrays.map(({ shape, values }) => tf.tensor(values, [...shape])))
    return model.predict(
      tf.stack(windows.map((window) => tf.tensor2d(window, [spec.steps, featureCount(spec)]))),
    )
  })
  if (!(outputs instanceof tf.Tensor)) throw new Error('more than one output')
  return { arrays, windows, said: [...outputs.dataSync()] }
}

describe.each(networks)('inference - $cell $units, bidirectional: $bidirectional', (spec) => {
  test.each(predictors)(
    '$way says what LayersModel.predict says, to 1e-5, window after window',
    ({ build }) => {
      const { arrays, windows, said } = randomNetwork(spec, 7)
      const predict = build(spec, arrays)
      const mine = windows.flatMap((window) => [...predict(window)])
      expect(mine).toHaveLength(said.length)
      expect(Math.max(...said.map(Math.abs))).toBeGreaterThan(0.1)
      const apart = mine.map((value, index) => Math.abs(value - said[index]!))
      expect(Math.max(...apart)).toBeLessThan(1e-5)
    },
  )
})

test('inference - an untrained network says no change at every lead', () => {
  const arrays = buildNetwork(SMALL, 1)
    .getWeights()
    .map((weight) => ({ shape: weight.shape, values: weight.dataSync<'float32'>() }))
  const inputs = new Float32Array(SMALL.steps * featureCount(SMALL)).fill(0.7)
  expect([...predictor(SMALL, arrays)(inputs)]).toEqual(new Array(24).fill(0))
})

test('inference - weights of another network are refused rather than misread', () => {
  const { arrays } = randomNetwork(SMALL, 1)
  expect(() => predictor({ ...SMALL, units: [8, 8] }, arrays)).toThrow('too few')
})
