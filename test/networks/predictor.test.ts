import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/domain/random.ts'
import type { NetworkSpec, WeightArray } from '../../src/domain/weights.ts'
import { loadKernel } from '../../src/kernel/load-kernel.ts'
import { featureCount } from '../../src/networks/encoding.ts'
import { initialNetwork } from '../../src/networks/initial-weights.ts'
import { kernelPredictor } from '../../src/networks/kernel-predictor.ts'
import { shapedNetwork } from '../../src/networks/network-layout.ts'
import { plainPredictor } from '../../src/networks/plain-predictor.ts'
import { startBackend } from '../../src/tensorflow/start-backend.ts'
import { drawnWeights, predictedByLayers } from '../tensorflow/layers-model.ts'
import { SMALL } from './networks.ts'

beforeAll(() => startBackend('cpu'))

const kernel = loadKernel()
const predictors = [
  { way: 'in plain arithmetic', build: plainPredictor },
  ...(kernel
    ? [
        {
          way: 'by the fused kernel',
          build: (spec: NetworkSpec, arrays: readonly WeightArray[]) => kernelPredictor(kernel, spec, arrays),
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

/** A network with all weights drawn, and what TensorFlow.js's layers predict for some windows. */
function randomNetwork(spec: NetworkSpec, seed: number) {
  const random = seededRandom(seed)
  const length = spec.steps * featureCount(spec)
  const windows = Array.from({ length: 3 }, () =>
    Float32Array.from({ length }, () => 4 * (random.unit() - 0.5)),
  )
  const arrays = drawnWeights(spec, { seed, reach: 1.5 })
  const outputs = tf.tidy(() => predictedByLayers(spec, arrays, windows).dataSync())
  return { arrays, windows, predicted: [...outputs] }
}

describe.each(networks)('inference - $cell $units, bidirectional: $bidirectional', (spec) => {
  test.each(predictors)(
    "$way predicts what TensorFlow.js's layers predict, to 1e-5, window after window",
    ({ build }) => {
      const { arrays, windows, predicted } = randomNetwork(spec, 7)
      const predictor = build(spec, arrays)
      const mine = windows.flatMap((window) => [...predictor.predict(window)])
      predictor.release()
      expect(mine).toHaveLength(predicted.length)
      expect(Math.max(...predicted.map(Math.abs))).toBeGreaterThan(0.1)
      const apart = mine.map((value, index) => Math.abs(value - predicted[index]!))
      expect(Math.max(...apart)).toBeLessThan(1e-5)
      expect(kernel?.heap.held() ?? 0).toBe(0)
    },
  )
})

test('inference - an untrained network predicts no change at every lead', () => {
  const arrays = shapedNetwork(SMALL, initialNetwork(SMALL, 1))
  const inputs = new Float32Array(SMALL.steps * featureCount(SMALL)).fill(0.7)
  expect([...plainPredictor(SMALL, arrays).predict(inputs)]).toEqual(new Array(24).fill(0))
})

test('inference - weights of another network are rejected rather than misread', () => {
  const { arrays } = randomNetwork(SMALL, 1)
  expect(() => plainPredictor({ ...SMALL, units: [8, 8] }, arrays)).toThrow('too few')
})
