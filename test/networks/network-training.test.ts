import { describe, expect, test } from 'vitest'
import type { NetworkSpec, WeightArray } from '../../src/domain/weights.ts'
import type { Batch } from '../../src/learn/trainer.ts'
import { encodeBatch } from '../../src/networks/encoding.ts'
import { beginTraining } from './in-thread.ts'
import { SMALL, scalerOf, someBatch, someRound } from './networks.ts'

const begin = (spec: NetworkSpec, seed: number) => beginTraining({ kind: 'recurrent', spec }, seed)

const valuesOf = (arrays: readonly WeightArray[]) => arrays.map(({ values }) => [...values])

function rounds(count: number, { seed = 1, spec = SMALL } = {}) {
  const train = begin(spec, seed)
  return Array.from({ length: count }, (_, index) => train(someRound(spec, index + 1)))
}

describe.each([
  { spec: SMALL, name: 'GRU' },
  { spec: { ...SMALL, cell: 'lstm', units: [8, 6] } as const, name: 'stacked LSTM' },
  { spec: { ...SMALL, bidirectional: true }, name: 'bidirectional GRU' },
])('training - a $name', ({ spec }) => {
  test('learns what can be learnt', () => {
    const results = rounds(40, { spec })
    expect(results[0]!.loss).toBeGreaterThan(0.2)
    expect(results.at(-1)!.loss).toBeLessThan(results[0]!.loss / 2)
  })
})

test('training - the same rounds from the same seed give the same weights, bit for bit', () => {
  const [once, again, other] = [rounds(4), rounds(4), rounds(4, { seed: 3 })].map((results) =>
    results.map(({ weights, loss }) => ({ loss, values: valuesOf(weights.arrays) })),
  )
  expect(again).toEqual(once)
  expect(other).not.toEqual(once)
})

test('training - unknown truths take no part: whatever they might have been, weights and loss are the same', () => {
  const batch = someBatch(SMALL, { size: 16, seed: 1 })
  const half: Batch = {
    ...batch,
    truth: batch.truth.map((value, index) => (index % 2 === 0 ? value : Number.NaN)),
  }
  const { knownCount, changes, known } = encodeBatch(half, { spec: SMALL, scaler: scalerOf(SMALL) })
  expect(knownCount).toBe(16 * 12)
  const { loss } = begin(SMALL, 1)(someRound(SMALL, 1, { batches: [half] }))
  // The untrained network predicts 0, so the first loss is the mean of the known changes.
  const sum = changes.reduce((total, change, index) => total + Math.abs(change) * known[index]!, 0)
  expect(loss).toBeCloseTo(sum / knownCount, 5)
})

test('training - a round with an impossible value is rolled back: not finite, and the next goes on as if it had not been', () => {
  const poisoned = someBatch(SMALL, { size: 16, seed: 5 })
  poisoned.truth[0] = Infinity
  const spoilt = begin(SMALL, 1)
  const clean = begin(SMALL, 1)
  spoilt(someRound(SMALL, 1))
  clean(someRound(SMALL, 1))
  const rolledBack = spoilt(
    someRound(SMALL, 2, { batches: [someBatch(SMALL, { size: 16, seed: 4 }), poisoned] }),
  )
  expect(rolledBack.loss).toBeNaN()
  expect(rolledBack.weights.arrays.flatMap(({ values }) => [...values]).every(Number.isFinite)).toBe(true)
  const after = spoilt(someRound(SMALL, 3))
  const expected = clean(someRound(SMALL, 3))
  expect(after.loss).toBe(expected.loss)
  expect(valuesOf(after.weights.arrays)).toEqual(valuesOf(expected.weights.arrays))
})

test('training - a round yields its own version, time, scaler and count of steps', () => {
  const round = someRound(SMALL, 7)
  const { weights, steps } = begin(SMALL, 1)(round)
  expect(weights).toMatchObject({ version: 7, trainedAt: round.requestedAt, scaler: round.scaler })
  expect(steps).toBe(2)
  expect(weights.arrays.map(({ shape }) => shape)).toEqual([
    [7, 24],
    [8, 24],
    [24],
    ...[[8], [8], [12, 32], [32], [32, 24], [24]],
  ])
})
