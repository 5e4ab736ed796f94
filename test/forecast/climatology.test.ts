import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/domain/instant.ts'
import { climatology } from '../../src/forecast/climatology.ts'
import { type Begun, begun } from './begun.ts'
import { readingOf, START, stationOf } from './series.ts'

/** What it predicts for +24 h, whose hour of day is that of the issue time. */
function sameHour(forecaster: Begun, issuedAt: number): number | undefined {
  return forecaster.predict({ issuedAt, current: 0, lookback: undefined })?.[23]
}

function observing(
  value: (time: number) => number,
  {
    days,
    cadence = HOUR,
    utcOffsetMinutes = 60,
    memoryDays = 10,
  }: { days: number; cadence?: number; utcOffsetMinutes?: number; memoryDays?: number },
): Begun {
  const forecaster = begun(climatology(stationOf({ cadence, utcOffsetMinutes }), memoryDays))
  for (let time = START; time < START + days * DAY; time += cadence)
    forecaster.observe(readingOf(time, value(time)))
  return forecaster
}

const dayOf = (time: number): number => Math.floor((time - START) / DAY)

describe('climatology', () => {
  it('climatology - predicts the mean of its hour of day, at every lead', () => {
    const forecaster = observing((time) => ((time / HOUR) % 24) + dayOf(time), { days: 3 })
    const issuedAt = START + 3 * DAY - HOUR
    const mean = forecaster.predict({ issuedAt, current: 0, lookback: undefined })
    expect(Array.from(mean ?? [])).toEqual(Array.from({ length: 24 }, (_, hour) => hour + 1))
  })

  it('climatology - is unavailable until it has seen every hour of a day', () => {
    const forecaster = observing(() => 1, { days: 1 })
    expect(sameHour(forecaster, START + 22 * HOUR)).toBeUndefined()
    expect(sameHour(forecaster, START + 23 * HOUR)).toBe(1)
  })

  it('climatology - forgets by m += max(1 - exp(-1/10), 1/n) (x - m), one step a day', () => {
    const days = 90
    let expected = 0
    for (let n = 1; n <= days; n++) expected += Math.max(1 - Math.exp(-1 / 10), 1 / n) * (n * n - expected)
    const forecaster = observing((time) => (dayOf(time) + 1) ** 2, { days })
    expect(sameHour(forecaster, START + days * DAY - HOUR)).toBeCloseTo(expected, 9)
  })

  it('climatology - counts an hour once whatever the cadence: six readings weigh as much as one', () => {
    const value = (time: number): number => dayOf(time) ** 2
    const hourly = observing(value, { days: 60 })
    const tenMinutes = observing(value, { days: 60, cadence: 10 * MINUTE })
    const issuedAt = START + 60 * DAY - 10 * MINUTE
    expect(sameHour(tenMinutes, issuedAt)).toBeCloseTo(sameHour(hourly, issuedAt) ?? Number.NaN, 9)
  })

  it('climatology - takes the hour of day at the station, half an hour off UTC too', () => {
    const offset = 5 * HOUR + 30 * MINUTE
    const afternoon = (time: number): number => ((time + offset) % DAY >= 12 * HOUR ? 1 : 0)
    const forecaster = observing(afternoon, { days: 4, cadence: 10 * MINUTE, utcOffsetMinutes: 330 })
    const issuedAt = START + 4 * DAY - 10 * MINUTE
    const mean = forecaster.predict({ issuedAt, current: 0, lookback: undefined })
    expect(Array.from(mean ?? [])).toEqual(
      Array.from({ length: 24 }, (_, lead) => afternoon(issuedAt + (lead + 1) * HOUR)),
    )
  })

  it('climatology - lays hours that a slow cadence never measures on the line between their neighbours', () => {
    const forecaster = observing((time) => ((time / HOUR) % 24 === 0 ? 8 : 2), { days: 3, cadence: 6 * HOUR })
    const mean = forecaster.predict({ issuedAt: START + 3 * DAY, current: 0, lookback: undefined })
    // At 1 to 6 h UTC: from 8 at midnight down to 2 at six, and up again from 18 h on.
    expect(Array.from(mean ?? []).slice(0, 7)).toEqual([7, 6, 5, 4, 3, 2, 2])
    expect(Array.from(mean ?? []).slice(17)).toEqual([2, 3, 4, 5, 6, 7, 8])
  })
})
