import { LEADS, validTime } from '../domain/forecast.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../domain/instant.ts'
import { type Station, targetIndex } from '../domain/station.ts'
import type { Forecaster } from './forecaster.ts'
import { RecentMeasurements } from './recent.ts'
import { asRecord } from './snapshot.ts'

/**
 * The same hour yesterday: for a valid time v the measurement nearest to v - 24 h, within 5 minutes or half a
 * cadence, whichever is more; for lead +24 that is now. Where yesterday has a hole of up to 3 hours the straight line
 * across it is taken, so that one missing row does not silence the model for a day; it is silent across longer ones
 * and until it has seen a day.
 */
export function seasonalNaive(station: Station): Forecaster {
  const target = targetIndex(station)
  const tolerance = Math.max(5 * MINUTE, station.cadence / 2)
  const longestHole = Math.max(3 * HOUR, 2 * station.cadence)
  const recent = new RecentMeasurements({
    reach: DAY + longestHole,
    grain: Math.max(station.cadence / 4, 15 * SECOND),
  })

  return {
    name: 'seasonal_naive',
    observe({ eventTime, values, bridged }) {
      const value = values[target]!
      if (!bridged && Number.isFinite(value)) recent.add(eventTime, value)
    },
    predict({ issuedAt, current }) {
      if (!Number.isFinite(current)) return undefined
      const mean = new Float64Array(LEADS).fill(current)
      for (let lead = 0; lead < LEADS - 1; lead++) {
        const yesterday = validTime(issuedAt, lead) - DAY
        const value = recent.nearest(yesterday, tolerance) ?? recent.across(yesterday, longestHole)
        if (value === undefined) return undefined
        mean[lead] = value
      }
      return mean
    },
    snapshot: () => recent.snapshot(),
    restore(snapshot) {
      const { times, values } = asRecord(snapshot)
      if (!(times instanceof Float64Array && values instanceof Float64Array)) {
        throw new TypeError('seasonal_naive: the snapshot lacks its times or values')
      }
      recent.restore({ times, values })
    },
  }
}
