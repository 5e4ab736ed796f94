import { LEADS, validTime } from '../domain/forecast.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../domain/instant.ts'
import { type Station, targetIndex } from '../domain/station.ts'
import type { Forecaster } from './forecaster.ts'
import { across, addMeasurement, emptyRecent, nearest, type RecentMeasurements } from './recent.ts'

/**
 * The same hour yesterday: for a valid time v the measurement nearest to v - 24 h, within 5 minutes or half a
 * cadence, whichever is more; for lead +24 that is now. Where yesterday has a hole of up to 3 hours the straight line
 * across it is taken, so that one missing row does not leave a day without forecasts; across longer ones, and until
 * it has seen a day, it is unavailable.
 */
export function seasonalNaive(station: Station): Forecaster<RecentMeasurements> {
  const target = targetIndex(station)
  const tolerance = Math.max(5 * MINUTE, station.cadence / 2)
  const longestHole = Math.max(3 * HOUR, 2 * station.cadence)

  return {
    name: 'seasonal_naive',
    initial: () =>
      emptyRecent({ reach: DAY + longestHole, grain: Math.max(station.cadence / 4, 15 * SECOND) }),
    observe(recent, { eventTime, values, bridged }) {
      const value = values[target]!
      if (!bridged && Number.isFinite(value)) addMeasurement(recent, eventTime, value)
    },
    predict(recent, { issuedAt, current }) {
      if (!Number.isFinite(current)) return undefined
      const mean = new Float64Array(LEADS).fill(current)
      for (let lead = 0; lead < LEADS - 1; lead++) {
        const yesterday = validTime(issuedAt, lead) - DAY
        const value = nearest(recent, yesterday, tolerance) ?? across(recent, yesterday, longestHole)
        if (value === undefined) return undefined
        mean[lead] = value
      }
      return mean
    },
  }
}
