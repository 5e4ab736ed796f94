import { afterAll, beforeAll, expect, test } from 'vitest'
import { LEADS } from '../../../src/domain/forecast.ts'
import { loadKernel } from '../../../src/kernel/load-kernel.ts'
import type { RoundTrainer } from '../../../src/learn/trainer.ts'
import { plainDense } from '../../../src/networks/mlp/mlp-predictor.ts'
import { startDenseTrainer } from '../../../src/networks/mlp/mlp-trainer.ts'
import { beginDenseTraining } from '../../../src/networks/mlp/mlp-training.ts'
import { apart } from '../../kernel/cases.ts'
import { denseRound, SMALL_DENSE } from './mlp-cases.ts'

const SEED = 4
const begin = (kernel = loadKernel(), seed = SEED) => beginDenseTraining({ spec: SMALL_DENSE, seed, kernel })

test('dense training - before any step every lead is 0: the base is forecast as it is', () => {
  const { weights } = begin()(denseRound(SMALL_DENSE, 1, { steps: 0 }))
  const said = plainDense(weights.arrays).say(new Float64Array(SMALL_DENSE.inputs).fill(1))
  expect(said).toEqual(new Float64Array(LEADS))
})

test('dense training - learns a bend that no straight line has', () => {
  const train = begin()
  let result = train(denseRound(SMALL_DENSE, 1, { steps: 20, size: 32 }))
  const first = result.loss
  for (let round = 2; round <= 40; round++)
    result = train(denseRound(SMALL_DENSE, round, { steps: 20, size: 32 }))
  expect(first).toBeGreaterThan(0.25)
  expect(result.loss).toBeLessThan(0.15)
  const features = new Float64Array(SMALL_DENSE.inputs)
  const at = (x: number): number => {
    features[0] = x
    return plainDense(result.weights.arrays).say(features)[5]!
  }
  expect(Math.min(at(-0.9), at(0.9))).toBeGreaterThan(at(0) + 0.4)
})

test('dense training - the same seed gives the same weights, another seed others', () => {
  const weightsOf = (seed: number) => {
    const train = begin(loadKernel(), seed)
    return [1, 2].map((round) => train(denseRound(SMALL_DENSE, round)).weights)
  }
  expect(weightsOf(1)).toEqual(weightsOf(1))
  expect(weightsOf(1)).not.toEqual(weightsOf(2))
})

test('dense training - without the kernel it learns what it learns with it', () => {
  const fused = begin()
  const plain = beginDenseTraining({ spec: SMALL_DENSE, seed: SEED, kernel: undefined })
  for (let round = 1; round <= 3; round++) {
    const one = fused(denseRound(SMALL_DENSE, round))
    const other = plain(denseRound(SMALL_DENSE, round))
    for (const [index, { shape, values }] of one.weights.arrays.entries()) {
      expect(other.weights.arrays[index]!.shape).toEqual(shape)
      expect(apart(values, other.weights.arrays[index]!.values)).toBeLessThan(1e-3)
    }
  }
})

test('dense training - a round whose loss is not finite is undone, and the next goes on from before it', () => {
  const train = begin()
  const before = train(denseRound(SMALL_DENSE, 1))
  const broken = train(denseRound(SMALL_DENSE, 2, { truth: Number.POSITIVE_INFINITY }))
  expect(broken.loss).toBeNaN()
  expect(broken.weights.arrays).toEqual(before.weights.arrays)
  expect(train(denseRound(SMALL_DENSE, 3)).loss).toBeGreaterThan(0)
})

let trainer: RoundTrainer
beforeAll(async () => {
  trainer = await startDenseTrainer({ spec: SMALL_DENSE, seed: SEED })
})
afterAll(() => trainer.close())

test('dense training - in its thread it gives the weights it gives in this one, and again after a reset', async () => {
  const here = begin()
  const expected = [1, 2, 3].map((round) => here(denseRound(SMALL_DENSE, round)))
  const inThread = () => Promise.all([1, 2, 3].map((round) => trainer.train(denseRound(SMALL_DENSE, round))))
  const weights = (results: typeof expected) => results.map((result) => result.weights)
  expect(weights(await inThread())).toEqual(weights(expected))
  await trainer.reset()
  expect(weights(await inThread())).toEqual(weights(expected))
  expect(trainer.engine).toMatch(/kernel/)
})
