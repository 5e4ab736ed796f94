import { afterAll, beforeAll, expect, test } from 'vitest'
import { LEADS } from '../../../src/domain/forecast.ts'
import { loadKernel } from '../../../src/kernel/load-kernel.ts'
import type { Kernel } from '../../../src/kernel/open-kernel.ts'
import { plainMlpPredictor } from '../../../src/networks/mlp/mlp-predictor.ts'
import { mlpTrainable } from '../../../src/networks/mlp/mlp-training.ts'
import { initialTrainerState } from '../../../src/networks/network-to-train.ts'
import { openTrainerPool, type TrainerPool } from '../../../src/networks/trainer-pool.ts'
import { apart } from '../../kernel/cases.ts'
import { trainingFrom } from '../in-thread.ts'
import { resultsOf, trainRounds } from '../train-rounds.ts'
import { mlpRound, SMALL_MLP } from './mlp-cases.ts'

const SEED = 4
const NETWORK = { kind: 'mlp', spec: SMALL_MLP } as const
const begin = (kernel: Kernel | undefined = loadKernel(), seed = SEED) =>
  trainingFrom(mlpTrainable(SMALL_MLP, kernel), initialTrainerState(NETWORK, seed))

test('mlp training - before any step every lead is 0: the base is forecast as it is', () => {
  const { weights } = begin()(mlpRound(SMALL_MLP, 1, { steps: 0 }))
  const predicted = plainMlpPredictor(weights.arrays).predict(new Float64Array(SMALL_MLP.inputs).fill(1))
  expect(predicted).toEqual(new Float64Array(LEADS))
})

test('mlp training - learns a curve that no straight line has', () => {
  const train = begin()
  let result = train(mlpRound(SMALL_MLP, 1, { steps: 20, size: 32 }))
  const first = result.loss
  for (let round = 2; round <= 40; round++)
    result = train(mlpRound(SMALL_MLP, round, { steps: 20, size: 32 }))
  expect(first).toBeGreaterThan(0.25)
  expect(result.loss).toBeLessThan(0.15)
  const features = new Float64Array(SMALL_MLP.inputs)
  const at = (x: number): number => {
    features[0] = x
    return plainMlpPredictor(result.weights.arrays).predict(features)[5]!
  }
  expect(Math.min(at(-0.9), at(0.9))).toBeGreaterThan(at(0) + 0.4)
})

test('mlp training - the same seed gives the same weights, another seed others', () => {
  const weightsOf = (seed: number) => {
    const train = begin(loadKernel(), seed)
    return [1, 2].map((round) => train(mlpRound(SMALL_MLP, round)).weights)
  }
  expect(weightsOf(1)).toEqual(weightsOf(1))
  expect(weightsOf(1)).not.toEqual(weightsOf(2))
})

test('mlp training - without the kernel it learns what it learns with it', () => {
  const fused = begin()
  const plain = trainingFrom(mlpTrainable(SMALL_MLP, undefined), initialTrainerState(NETWORK, SEED))
  for (let round = 1; round <= 3; round++) {
    const one = fused(mlpRound(SMALL_MLP, round))
    const other = plain(mlpRound(SMALL_MLP, round))
    for (const [index, { shape, values }] of one.weights.arrays.entries()) {
      expect(other.weights.arrays[index]!.shape).toEqual(shape)
      expect(apart(values, other.weights.arrays[index]!.values)).toBeLessThan(1e-3)
    }
  }
})

test('mlp training - a round whose loss is not finite is rolled back, and the next goes on from before it', () => {
  const train = begin()
  const before = train(mlpRound(SMALL_MLP, 1))
  const broken = train(mlpRound(SMALL_MLP, 2, { truth: Number.POSITIVE_INFINITY }))
  expect(broken.loss).toBeNaN()
  expect(broken.weights.arrays).toEqual(before.weights.arrays)
  expect(train(mlpRound(SMALL_MLP, 3)).loss).toBeGreaterThan(0)
})

let pool: TrainerPool
beforeAll(async () => {
  pool = await openTrainerPool({ threads: 1 })
})
afterAll(() => pool.close())

test('mlp training - a round is not written to, noise or none', () => {
  const round = mlpRound(SMALL_MLP, 1)
  expect(SMALL_MLP.noise).toBeGreaterThan(0)
  begin()(round)
  expect(round).toEqual(mlpRound(SMALL_MLP, 1))
})

test('mlp training - in its thread it gives what it gives in this one, and again when begun anew', async () => {
  const trainer = pool.trainer(NETWORK, SEED)
  const here = begin()
  const rounds = [1, 2, 3].map((round) => mlpRound(SMALL_MLP, round))
  const expected = rounds.map(here)
  expect(resultsOf(await trainRounds(trainer, rounds))).toEqual(expected)
  expect(resultsOf(await trainRounds(trainer, rounds))).toEqual(expected)
  expect(trainer.engine).toMatch(/kernel/)
})
