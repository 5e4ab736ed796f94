import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../src/domain/instant.ts'
import { seasonalNaive } from '../../src/forecast/seasonal-naive.ts'
import { type Begun, begun } from './begun.ts'
import { readingOf, START, stationOf } from './series.ts'

/** Observes row k = value k at the given times. */
function having(times: readonly number[], cadence = HOUR): Begun {
  const forecaster = begun(seasonalNaive(stationOf({ cadence })))
  times.forEach((time, row) => {
    forecaster.observe(readingOf(time, row))
  })
  return forecaster
}

function hours(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => START + (from + index) * HOUR)
}

function predictAt(forecaster: Begun, issuedAt: number, current: number): number[] | undefined {
  const mean = forecaster.predict({ issuedAt, current, lookback: undefined })
  return mean && Array.from(mean)
}

describe('seasonal naive', () => {
  it('seasonal naive - predicts for each lead what was measured 24 hours before its valid time, now for +24', () => {
    const mean = predictAt(having(hours(0, 30)), START + 30 * HOUR, 30)
    expect(mean).toEqual(Array.from({ length: 24 }, (_, lead) => 7 + lead))
  })

  it('seasonal naive - is unavailable until it has seen 23 hours back', () => {
    expect(predictAt(having(hours(0, 22)), START + 22 * HOUR, 22)).toBeUndefined()
    expect(predictAt(having(hours(0, 23)), START + 23 * HOUR, 23)?.[0]).toBe(0)
  })

  it('seasonal naive - looks by time and not by row: five extra rows shift nothing', () => {
    const extra = [1, 2, 3, 4, 5].map((minute) => START + 20 * HOUR + minute * MINUTE)
    const times = [...hours(0, 20), ...extra, ...hours(21, 30)]
    const mean = predictAt(having(times), START + 30 * HOUR, 35)
    expect(mean?.[0]).toBe(7)
    expect(mean?.[23]).toBe(35)
  })

  it('seasonal naive - draws a straight line between two readings where the minute has drifted', () => {
    const drifted = [...hours(0, 10), ...hours(11, 30).map((time) => time + 20 * MINUTE)]
    const mean = predictAt(having(drifted), START + 30 * HOUR + 20 * MINUTE, 30)
    const expected = [7 + 1 / 3, 8 + 1 / 3, 9 + 1 / 3, 10 + 1 / 4, 11]
    expected.forEach((value, lead) => {
      expect(mean?.[lead]).toBeCloseTo(value, 12)
    })
  })

  it('seasonal naive - draws a straight line across a hole of up to 3 hours', () => {
    const mean = predictAt(having([...hours(0, 10), ...hours(13, 30)]), START + 30 * HOUR, 28)
    const expected = [7, 8, 9, 10, 10 + 1 / 3, 10 + 2 / 3, 11, 12]
    expected.forEach((value, lead) => {
      expect(mean?.[lead]).toBeCloseTo(value, 12)
    })
  })

  it('seasonal naive - is unavailable 3 hours into a longer hole, and while that is in yesterday', () => {
    const times = [...hours(0, 10), ...hours(15, 40)]
    expect(predictAt(having(times.slice(0, -3)), START + 37 * HOUR, 1)).toBeUndefined()
    expect(predictAt(having(times), START + 40 * HOUR, 1)).toBeDefined()
  })

  it('seasonal naive - holds the newest value where the hole is still open', () => {
    const mean = predictAt(having(hours(0, 28)), START + 30 * HOUR, 28)
    expect(mean?.slice(20)).toEqual([27, 28, 28, 28])
  })

  it('seasonal naive - where a station reports changes silence means the same value, for as long as it says', () => {
    const times = [...hours(0, 10), ...hours(15, 36)]
    const forecaster = begun(seasonalNaive({ ...stationOf({ cadence: HOUR }), hold: 4 * HOUR }))
    times.forEach((time, row) => {
      forecaster.observe(readingOf(time, row))
    })
    const mean = predictAt(forecaster, START + 33 * HOUR, 1)
    expect(mean?.slice(0, 7)).toEqual([10, 10, 10, 10, 10, 11, 12])
  })

  it('seasonal naive - loses nothing of yesterday to readings far faster than the cadence', () => {
    const minutes = Array.from({ length: 40 * 60 + 1 }, (_, minute) => START + minute * MINUTE)
    const mean = predictAt(having(minutes), START + 40 * HOUR, 2400)
    // Of the readings within a quarter of the cadence the last stands for all.
    mean?.slice(0, 23).forEach((minute, lead) => {
      expect(Math.abs(minute - (17 + lead) * 60)).toBeLessThanOrEqual(15)
    })
    expect(mean?.length).toBe(24)
  })
})
