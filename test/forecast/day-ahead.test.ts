import { describe, expect, it } from 'vitest'
import { HOUR, type Instant } from '../../src/domain/instant.ts'
import { seededRandom } from '../../src/domain/random.ts'
import type { Station } from '../../src/domain/station.ts'
import type { AheadNow } from '../../src/forecast/ahead/ahead-columns.ts'
import { dayAhead } from '../../src/forecast/day-ahead/day-ahead.ts'
import { readingOf, START, stationOf } from './series.ts'

const HOURS_SEEN = 90 * 24
/** What a quantity is at any hour: drawn, so that nothing of it follows from the past. */
const drawn = (() => {
  const random = seededRandom(7)
  const values = Array.from({ length: HOURS_SEEN + 400 }, () => random.unit())
  return (time: Instant): number => values[(time - START) / HOUR + 200] ?? Number.NaN
})()

const station: Station = {
  ...stationOf({ utcOffsetMinutes: 0, limits: { min: -1000, max: 1000 } }),
  outside: [{ issuer: 'met', quantity: 'wind', unit: 'm/s' }],
}
const target = (time: Instant): number => 20 + 30 * drawn(time)

type Known = (issuedAt: Instant, time: Instant) => boolean
/** The day to come is known at 23:00, as of day-ahead prices. */
const atEleven: Known = (issuedAt, time) =>
  time <= START + (Math.floor((issuedAt - START + HOUR) / HOUR / 24) + 1) * 24 * HOUR - HOUR
const never: Known = () => false

function said(issuedAt: Instant, known: Known, value = drawn): AheadNow {
  const of = (days: number): Float64Array =>
    Float64Array.from({ length: 26 }, (_, hour) => {
      const time = issuedAt + (hour - days * 24) * HOUR
      return known(issuedAt, time) ? value(time) : Number.NaN
    })
  const unknown = new Float64Array(26).fill(Number.NaN)
  return {
    'met.wind': {
      ...{ values: of(0), earlier: unknown, dayBefore: of(1), weekBefore: of(7) },
      age: new Float64Array(26),
    },
  }
}

/** Lives through the days up to an issue, and gives back its forecast. */
function forecastAt(
  lastHour: number,
  { known, value = drawn }: { known: Known; value?: (time: Instant) => number },
): Float64Array {
  const forecaster = dayAhead(station)
  const state = forecaster.initial()
  for (let hour = 0; hour <= lastHour; hour++) {
    const time = START + hour * HOUR
    forecaster.observe(state, readingOf(time, target(time)))
    const issuedAt = time - 24 * HOUR
    if (issuedAt < START) continue
    const truth = Float64Array.from({ length: 24 }, (_, lead) => target(issuedAt + (lead + 1) * HOUR))
    const current = target(issuedAt)
    forecaster.learn!(state, {
      issuedAt,
      current,
      features: new Float64Array(0),
      ahead: said(issuedAt, known),
      truth,
    })
  }
  const issuedAt = START + lastHour * HOUR
  const ahead = said(issuedAt, known, value)
  const mean = forecaster.predict(state, { issuedAt, current: target(issuedAt), lookback: undefined, ahead })
  expect(mean?.length).toBe(24)
  return mean!
}

function errorOf(mean: Float64Array, lastHour: number, leads: readonly number[]): number {
  const errors = leads.map((lead) => Math.abs(mean[lead]! - target(START + (lastHour + lead + 1) * HOUR)))
  return errors.reduce((sum, error) => sum + error, 0) / leads.length
}

const range = (from: number, until: number): number[] =>
  Array.from({ length: until - from }, (_, index) => from + index)
const ELEVEN = 85 * 24 + 23

describe('day-ahead regression', () => {
  it('day-ahead regression - learns what a quantity means for the day that is forecast at 23:00', () => {
    const mean = forecastAt(ELEVEN, { known: atEleven })
    expect(errorOf(mean, ELEVEN, range(0, 24))).toBeLessThan(2)
  })

  it('day-ahead regression - does without a quantity where nothing is said of it', () => {
    const mean = forecastAt(ELEVEN, { known: never })
    const error = errorOf(mean, ELEVEN, range(0, 24))
    expect(mean.every(Number.isFinite)).toBe(true)
    expect(error).toBeGreaterThan(4)
    expect(error).toBeLessThan(16)
  })

  it('day-ahead regression - at noon uses what is said of today, and forecasts tomorrow without', () => {
    const noon = 85 * 24 + 12
    const mean = forecastAt(noon, { known: atEleven })
    expect(errorOf(mean, noon, range(0, 11))).toBeLessThan(2)
    expect(errorOf(mean, noon, range(11, 24))).toBeGreaterThan(4)
    const otherwise = forecastAt(noon, { known: atEleven, value: (time) => 1 - drawn(time) })
    expect(errorOf(otherwise, noon, range(0, 11))).toBeGreaterThan(4)
  })
})
