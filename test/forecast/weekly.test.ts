import { describe, expect, it } from 'vitest'
import { DAY, HOUR, type Instant } from '../../src/domain/instant.ts'
import type { Station } from '../../src/domain/station.ts'
import { doubleSeasonal } from '../../src/forecast/double-seasonal.ts'
import type { Forecaster } from '../../src/forecast/forecaster.ts'
import { recentMedian } from '../../src/forecast/recent-median.ts'
import { weeklyNaive } from '../../src/forecast/seasonal-naive.ts'
import { weeklyProfile } from '../../src/forecast/weekly-profile.ts'
import { begun } from './begun.ts'
import { readingOf, START, stationOf } from './series.ts'

/** Two rush hours on five days, a slow noon on the others. */
function traffic(time: Instant): number {
  const hour = Math.floor(time / HOUR) % 24
  const isWeekend = [0, 6].includes(new Date(time).getUTCDay())
  if (isWeekend) return hour >= 10 && hour < 16 ? 40 : 10
  return hour === 7 || hour === 17 ? 100 : hour >= 8 && hour < 17 ? 60 : 10
}

/** Its forecast after so many days of hours, less those that are left out. */
function predictedAfter(
  create: (station: Station) => Forecaster,
  {
    days,
    value = traffic,
    without = () => false,
  }: { days: number; value?: (time: Instant) => number; without?: (time: Instant) => boolean },
): number[] | undefined {
  const forecaster = begun(create(stationOf()))
  const issuedAt = START + days * DAY
  for (let time = START; time <= issuedAt; time += HOUR) {
    if (!without(time)) forecaster.observe(readingOf(time, value(time)))
  }
  const mean = forecaster.predict({ issuedAt, current: value(issuedAt), lookback: undefined })
  return mean && Array.from(mean)
}

const ahead = (days: number, value: (time: Instant) => number = traffic): number[] =>
  Array.from({ length: 24 }, (_, lead) => value(START + days * DAY + (lead + 1) * HOUR))

describe('the week', () => {
  for (const [name, create] of [
    ['same hour last week', weeklyNaive],
    ['weekly profile', weeklyProfile],
    ['double-seasonal smoothing', doubleSeasonal],
  ] as const) {
    it(`${name} - tells a Saturday from a Friday, once it has seen a week and not before`, () => {
      expect(predictedAfter(create, { days: 6 })).toBeUndefined()
      for (let days = 21; days < 28; days++) {
        const mean = predictedAfter(create, { days })!
        for (const [lead, value] of ahead(days).entries()) expect(mean[lead]).toBeCloseTo(value, 6)
      }
    })
  }

  it('weekly profile - carries the anomaly of now, faded to 1/e in 48 hours', () => {
    const days = 22
    const shifted = (time: Instant) => traffic(time) + (time === START + days * DAY ? 30 : 0)
    const mean = predictedAfter(weeklyProfile, { days, value: shifted })!
    // What is measured now counts in its own hour's mean, of four weeks.
    const anomaly = 30 - 30 / 4
    expect(mean[0]! - ahead(days)[0]!).toBeCloseTo(anomaly * Math.exp(-1 / 48), 6)
    expect(mean[22]! - ahead(days)[22]!).toBeCloseTo(anomaly * Math.exp(-23 / 48), 6)
  })

  it('double-seasonal smoothing - is not led astray by a hole, and follows a level that moves', () => {
    const hole = (time: Instant) => time > START + 15 * DAY && time < START + 17 * DAY + 5 * HOUR
    const mean = predictedAfter(doubleSeasonal, { days: 24, without: hole })!
    for (const [lead, value] of ahead(24).entries()) expect(mean[lead]).toBeCloseTo(value, 6)
    const risen = (time: Instant) => traffic(time) + (time > START + 20 * DAY ? 50 : 0)
    const later = predictedAfter(doubleSeasonal, { days: 60, value: risen })!
    for (const [lead, value] of ahead(60, risen).entries())
      expect(Math.abs(later[lead]! - value)).toBeLessThan(2)
  })

  it('double-seasonal smoothing - waits for a week of which half was measured', () => {
    const sparse = (time: Instant) => Math.floor(time / HOUR) % 5 !== 0 && time < START + 10 * DAY
    expect(predictedAfter(doubleSeasonal, { days: 8, without: sparse })).toBeUndefined()
    expect(predictedAfter(doubleSeasonal, { days: 20, without: sparse })).toBeDefined()
  })
})

describe('running median', () => {
  it('running median - is dry where it mostly is, whatever the last shower was', () => {
    const rain = (time: Instant) => (Math.floor(time / HOUR) % 24 === 5 ? 8 : 0)
    expect(predictedAfter(recentMedian, { days: 9, value: rain })).toEqual(new Array(24).fill(0))
  })

  it('running median - is unavailable until it has seen a day, and forgets what is older than a week', () => {
    expect(predictedAfter(recentMedian, { days: 0.9 })).toBeUndefined()
    const step = (time: Instant) => (time < START + 10 * DAY ? 1 : 5)
    expect(predictedAfter(recentMedian, { days: 14, value: step })![0]).toBe(5)
  })
})
