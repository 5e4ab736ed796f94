import { expect, test } from 'vitest'
import { HOUR, type Instant, MINUTE } from '../../src/domain/instant.ts'
import type { Lookback, Sample } from '../../src/domain/lookback.ts'
import { type SamplerInput, type SamplerOptions, sampler } from '../../src/learn/sampler.ts'

const START = Date.UTC(2009, 9, 24, 5, 10)

function lookbackAt(issuedAt: Instant, copies: Instant[] = []): Lookback {
  return {
    issuedAt,
    steps: 2,
    stepSpan: HOUR,
    channels: 2,
    copyTo(target, offset = 0) {
      copies.push(issuedAt)
      target.set([1, 2, 3, issuedAt / HOUR], offset)
    },
  }
}

const issue = (issuedAt: Instant, base = 7): SamplerInput => ({
  kind: 'issue',
  lookback: lookbackAt(issuedAt),
  base,
})

function reading(eventTime: Instant, value: number, bridged = false): SamplerInput {
  const values = Float64Array.of(-1, value)
  return { kind: 'reading', reading: { eventTime, ingestTime: eventTime, values, bridged } }
}

/** The value of every reading here is the hours since the start, so a label tells which reading it came from. */
const hourly = (from: number, to: number, minutesOff = 0): SamplerInput[] =>
  Array.from({ length: to - from + 1 }, (_, index) =>
    reading(START + (from + index) * HOUR + minutesOff * MINUTE, from + index),
  )

function run(inputs: readonly SamplerInput[], options: Partial<SamplerOptions> = {}): Sample[] {
  const fold = sampler({ cadence: 10 * MINUTE, target: 1, ...options })
  let state = fold.initial()
  return inputs.flatMap((input) => {
    const next = fold.step(state, input)
    state = next.state
    return next.output
  })
}

test('sampler - a sample comes out with its 24 labels at its last valid time, and not before', () => {
  const early = run([issue(START), ...hourly(1, 23)])
  const [sample, ...others] = run([issue(START), ...hourly(1, 24)])
  expect(early).toEqual([])
  expect(others).toEqual([])
  expect([...sample!.truth]).toEqual(Array.from({ length: 24 }, (_, lead) => lead + 1))
  expect(sample).toMatchObject({ issuedAt: START, base: 7 })
  expect([...sample!.inputs]).toEqual([1, 2, 3, Math.fround(START / HOUR)])
})

test('sampler - the lookback is copied once per issue and never by a reading', () => {
  const copies: Instant[] = []
  run([{ kind: 'issue', lookback: lookbackAt(START, copies), base: 7 }, ...hourly(1, 30)])
  expect(copies).toEqual([START])
})

test('sampler - a bridged reading and a masked one leave their label unknown', () => {
  const inputs = hourly(1, 24)
  inputs[4] = reading(START + 5 * HOUR, 99, true)
  inputs[9] = reading(START + 10 * HOUR, Number.NaN)
  const [sample] = run([issue(START), ...inputs])
  expect(sample!.truth[4]).toBeNaN()
  expect(sample!.truth[9]).toBeNaN()
  expect(sample!.truth[5]).toBe(6)
})

test('sampler - a reading more than five minutes from a valid time is no truth of it', () => {
  const within = run([issue(START), ...hourly(1, 25, 5)])
  const beyond = run([issue(START), ...hourly(1, 25, 6)], { cadence: HOUR })
  expect(within[0]!.truth[0]).toBe(1)
  expect(beyond).toEqual([])
})

test('sampler - at a cadence of two minutes only a reading within one minute counts', () => {
  const off = run([issue(START), ...hourly(1, 25, 2)], { cadence: 2 * MINUTE })
  expect(off).toEqual([])
})

test('sampler - of two readings near a valid time the nearer one is its truth', () => {
  const around = (minutes: number, value: number) => reading(START + HOUR + minutes * MINUTE, value)
  const [sample] = run([issue(START), around(-4, 10), around(1, 20), around(3, 30), ...hourly(2, 24)])
  expect(sample!.truth[0]).toBe(20)
})

test('sampler - a gap that begins after the issue costs only the labels within it', () => {
  const [sample] = run([issue(START), ...hourly(1, 3), ...hourly(20, 24)])
  expect([...sample!.truth].filter((value) => !Number.isNaN(value))).toEqual([1, 2, 3, 20, 21, 22, 23, 24])
})

test('sampler - after days of silence what is pending comes out with the labels it has, or not at all', () => {
  const inputs = [issue(START), ...hourly(1, 2), issue(START + 2 * HOUR), reading(START + 100 * HOUR, 5)]
  expect(run(inputs).map(({ issuedAt }) => issuedAt)).toEqual([START])
})

test('sampler - samples come out in order of issue, each once', () => {
  const inputs = hourly(0, 60).flatMap((one, hour) => [one, issue(START + hour * HOUR)])
  const issued = run(inputs).map(({ issuedAt }) => (issuedAt - START) / HOUR)
  expect(issued).toEqual(Array.from({ length: 37 }, (_, hour) => hour))
})

test('sampler - issues closer than the spacing are passed over, so little is held however often one issues', () => {
  const fold = sampler({ cadence: MINUTE, target: 1 })
  let state = fold.initial()
  let most = 0
  for (let minute = 0; minute < 3 * 24 * 60; minute++) {
    const at = START + minute * MINUTE
    state = fold.step(state, reading(at, minute)).state
    state = fold.step(state, issue(at)).state
    most = Math.max(most, state.pending.length)
  }
  expect(most).toBeLessThanOrEqual(26)
})

test('sampler - without a measured base there is nothing to learn the change from', () => {
  expect(run([issue(START, Number.NaN), ...hourly(1, 24)])).toEqual([])
})
