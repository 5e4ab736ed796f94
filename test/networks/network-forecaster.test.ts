import { beforeAll, expect, test } from 'vitest'
import { HOUR } from '../../src/domain/instant.ts'
import type { Lookback } from '../../src/domain/lookback.ts'
import type { Reading } from '../../src/domain/reading.ts'
import type { NetworkSpec, Weights } from '../../src/domain/weights.ts'
import type { TrainerState } from '../../src/learn/trainer.ts'
import { describeNetworks } from '../../src/networks/describe-networks.ts'
import { networkForecaster } from '../../src/networks/network-forecaster.ts'
import { begun } from '../forecast/begun.ts'
import { stationOf } from '../forecast/series.ts'
import { stored } from '../forecast/stored.ts'
import { inlineTraining } from './inline-trainers.ts'
import { SMALL, someBatch, someRound } from './networks.ts'

const STATION = stationOf()
const ISSUED_AT = 1000 * HOUR
const BATCH = someBatch(SMALL, { size: 1, seed: 99 })
const CURRENT = BATCH.base[0]!

const lookback: Lookback = {
  issuedAt: ISSUED_AT,
  steps: SMALL.steps,
  stepSpan: SMALL.stepSpan,
  channels: SMALL.channels,
  copyTo: (target, offset = 0) => target.set(BATCH.inputs, offset),
}
const issue = { issuedAt: ISSUED_AT, current: CURRENT, lookback }

const reading = (value: number, bridged = false): Reading => ({
  eventTime: ISSUED_AT,
  ingestTime: ISSUED_AT,
  values: new Float64Array(SMALL.channels).fill(value),
  bridged,
})

let trained: Weights

beforeAll(() => {
  const train = inlineTraining({ kind: 'recurrent', spec: SMALL }, 1)
  let state: TrainerState | undefined
  for (let round = 1; round < 60; round++) {
    const outcome = train(state, someRound(SMALL, round))
    state = outcome.state
    trained = outcome.result.weights
  }
})

const forecaster = networkForecaster(STATION, { name: 'gru', spec: SMALL })

/** What it predicts at the issue, with these weights, after readings of -10 and 30. */
function seasoned() {
  const { state, observe, predict } = begun(forecaster)
  observe(reading(-10))
  observe(reading(30))
  return {
    state,
    observe,
    predicted: (weights: Weights = trained) => predict({ ...issue, weights })!,
    predict,
  }
}

test('network forecaster - not available before weights are promoted and while the window is not full', () => {
  const { predict } = seasoned()
  const weights = trained
  expect(predict({ ...issue, weights })).toBeDefined()
  expect(predict(issue)).toBeUndefined()
  expect(predict({ ...issue, weights, lookback: undefined })).toBeUndefined()
  expect(predict({ ...issue, weights, current: Number.NaN })).toBeUndefined()
})

test('network forecaster - predicts what it was taught: a third of the way back to the mean', () => {
  const means = seasoned().predicted()
  expect(means).toHaveLength(24)
  const expected = CURRENT + (10 - CURRENT) / 3
  expect(Math.abs(CURRENT - expected)).toBeGreaterThan(1)
  for (const mean of means) expect(Math.abs(mean - expected)).toBeLessThan(0.8)
})

test('network forecaster - new weights are taken up with the very next forecast', () => {
  const { predicted } = seasoned()
  const before = predicted()
  const head = trained.arrays.length - 1
  const arrays = trained.arrays.map(({ shape, values }, index) => ({
    shape,
    values: index === head ? values.map((value) => value + 0.2) : values,
  }))
  const after = predicted({ ...trained, version: trained.version + 1, arrays })
  for (const [lead, mean] of after.entries()) expect(mean - before[lead]!).toBeCloseTo(0.2 * 5, 4)
  // The weights belong to whoever trains them: asked with the former ones it predicts what it predicted before.
  expect(predicted()).toEqual(before)
})

test('network forecaster - diverged, it keeps within half a deviation of what was ever measured', () => {
  const arrays = trained.arrays.map(({ shape, values }) => ({ shape, values: values.map(() => 50) }))
  const { observe, predicted } = seasoned()
  observe(reading(500, true))
  // -10 and 30 are 20 from their mean.
  expect([...predicted({ ...trained, arrays })]).toEqual(new Array(24).fill(30 + 10))
})

test('network forecaster - from a state that was written out it forecasts the same', () => {
  const { state, predicted } = seasoned()
  const restored = networkForecaster(STATION, { name: 'gru', spec: SMALL })
  expect(restored.predict(stored(state), { ...issue, weights: trained })).toEqual(predicted())
})

test('network forecaster - networks are described with their span', () => {
  expect(describeNetworks([{ ...SMALL, units: [32], steps: 24 }])).toBe('GRU(32) over 72 h in 24 steps')
  const lstm: NetworkSpec = { ...SMALL, cell: 'lstm', units: [32, 64], steps: 240, stepSpan: HOUR }
  expect(describeNetworks([lstm, { ...lstm, bidirectional: true }])).toBe(
    'LSTM(32, 64), bidirectional LSTM(32, 64) over 240 h in 240 steps',
  )
})
