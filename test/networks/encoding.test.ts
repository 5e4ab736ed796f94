import { expect, test } from 'vitest'
import { DAY, HOUR } from '../../src/domain/instant.ts'
import { decodeChanges, encodeBatch, encodeLookback, featureCount } from '../../src/networks/encoding.ts'
import { SMALL, scalerOf, someBatch } from './networks.ts'

const spec = { ...SMALL, steps: 2, channels: 2 }
const scaler = { count: 9, mean: Float64Array.of(100, 10), deviation: Float64Array.of(20, 5) }
const issuedAt = Date.UTC(2009, 0, 1, 6)

function encoded(values: readonly number[]): number[] {
  const into = new Float32Array(spec.steps * featureCount(spec))
  encodeLookback({ values: Float32Array.from(values), issuedAt }, { spec, scaler, into })
  return [...into]
}

test('encode - a step is its channels in deviations from the mean, then the hour and the year on their circles', () => {
  const [pressure, temperature, sinHour, cosHour, sinYear, cosYear] = encoded([0, 0, 140, 0]).slice(6)
  expect([pressure, temperature]).toEqual([2, -2])
  expect(sinHour).toBeCloseTo(1)
  expect(cosHour).toBeCloseTo(0)
  expect(sinYear).toBeCloseTo(Math.sin((2 * Math.PI * (6 * HOUR)) / (365 * DAY)), 5)
  expect(cosYear).toBeCloseTo(1)
})

test('encode - each step states its own time: the last that of the issue, the others a step span apart before it', () => {
  const features = encoded([0, 0, 0, 0])
  expect(features[2]).toBeCloseTo(Math.sin((2 * Math.PI * 3) / 24))
  expect(features[8]).toBeCloseTo(Math.sin((2 * Math.PI * 6) / 24))
})

test('encode - what was not measured is the mean, 0, and never the value zero', () => {
  expect(encoded([Number.NaN, 10, 100, Number.NaN]).filter((_, index) => index % 6 < 2)).toEqual([0, 0, 0, 0])
})

test('encode - a value absurdly far from the mean is cut off at ten deviations', () => {
  expect(encoded([1e6, -1e6, 100, 10]).slice(0, 2)).toEqual([10, -10])
})

test('encode - a sample is encoded in a batch as a lookback is for a forecast', () => {
  const batch = someBatch(SMALL, { size: 3, seed: 1 })
  const { inputs } = encodeBatch(batch, { spec: SMALL, scaler: scalerOf(SMALL) })
  const length = SMALL.steps * featureCount(SMALL)
  const rawLength = SMALL.steps * SMALL.channels
  for (let sample = 0; sample < 3; sample++) {
    const into = new Float32Array(length)
    const values = batch.inputs.slice(sample * rawLength, (sample + 1) * rawLength)
    const lookback = { values, issuedAt: batch.issuedAt[sample]! }
    encodeLookback(lookback, { spec: SMALL, scaler: scalerOf(SMALL), into })
    expect(inputs.slice(sample * length, (sample + 1) * length)).toEqual(into)
  }
})

test('encode - neither a lookback nor a batch is changed by being encoded', () => {
  const batch = someBatch(SMALL, { size: 3, seed: 1 })
  encodeBatch(batch, { spec: SMALL, scaler: scalerOf(SMALL) })
  expect(batch).toEqual(someBatch(SMALL, { size: 3, seed: 1 }))
})

test('encode - decoding the encoded truth gives the truth back', () => {
  const batch = someBatch(SMALL, { size: 2, seed: 4 })
  const scalers = { spec: SMALL, scaler: scalerOf(SMALL) }
  const { changes } = encodeBatch(batch, { spec: SMALL, scaler: scalers.scaler })
  const decoded = decodeChanges(changes.slice(24, 48), batch.base[1]!, scalers)
  for (const [lead, value] of decoded.entries()) expect(value).toBeCloseTo(batch.truth[24 + lead]!, 4)
})

test('encode - an unknown truth counts for nothing', () => {
  const batch = someBatch(SMALL, { size: 1, seed: 4 })
  batch.truth[3] = Number.NaN
  const { changes, known, knownCount } = encodeBatch(batch, { spec: SMALL, scaler: scalerOf(SMALL) })
  expect([changes[3], known[3], known[4], knownCount]).toEqual([0, 0, 1, 23])
})

test('encode - in the memory of a former batch nothing of it is left', () => {
  const batch = someBatch(SMALL, { size: 3, seed: 1 })
  const gappy = { ...batch, truth: batch.truth.map((value, index) => (index % 3 === 0 ? Number.NaN : value)) }
  const options = { spec: SMALL, scaler: scalerOf(SMALL) }
  const former = encodeBatch(someBatch(SMALL, { size: 3, seed: 2 }), options)
  const encoded = encodeBatch(gappy, { ...options, former })
  expect(encoded.inputs).toBe(former.inputs)
  expect(encoded).toEqual(encodeBatch(gappy, options))
  const larger = someBatch(SMALL, { size: 4, seed: 1 })
  expect(encodeBatch(larger, { ...options, former })).toEqual(encodeBatch(larger, options))
})

test('encode - of a network that knows of the hours ahead each step has its columns before the clock, and the base is one by lead', () => {
  const ahead = { ...SMALL, aheadColumns: 2 }
  const width = featureCount(ahead)
  expect(width).toBe(featureCount(SMALL) + 2)
  const batch = someBatch(SMALL, { size: 3, seed: 1 })
  const known = 24 + 2 * SMALL.steps
  const lookahead = Float32Array.from({ length: 3 * known }, (_, place) => place / 8)
  const scalers = { spec: ahead, scaler: scalerOf(SMALL) }
  const { inputs, changes } = encodeBatch({ ...batch, lookahead }, scalers)
  const plain = encodeBatch(batch, { ...scalers, spec: SMALL }).inputs
  for (let step = 0; step < 3 * SMALL.steps; step++) {
    const [sample, own] = [Math.floor(step / SMALL.steps), step % SMALL.steps]
    const columns = lookahead.slice(sample * known + 24 + 2 * own).slice(0, 2)
    const bare = plain.slice(step * (width - 2), (step + 1) * (width - 2))
    const channels = bare.slice(0, SMALL.channels)
    const clock = bare.slice(SMALL.channels)
    expect([...inputs.slice(step * width, (step + 1) * width)]).toEqual([...channels, ...columns, ...clock])
  }
  const base = lookahead.slice(known, known + 24)
  const decoded = decodeChanges(changes.slice(24, 48), base, scalers)
  for (const [lead, value] of decoded.entries()) expect(value).toBeCloseTo(batch.truth[24 + lead]!, 4)
})
