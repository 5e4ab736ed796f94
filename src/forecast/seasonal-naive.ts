import { LEADS, validTime } from '../domain/forecast.ts'
import { DAY, SECOND } from '../domain/instant.ts'
import { featureRule } from '../domain/measurement-rule.ts'
import { type Station, targetIndex } from '../domain/station.ts'
import type { Forecaster } from './forecaster.ts'
import { addMeasurement, emptyRecent, type RecentMeasurements, valueAt } from './recent.ts'

/**
 * The same hour yesterday: for a valid time v the value at v - 24 h by the rule of features, which reaches across
 * holes, so that one missing row does not leave a day without forecasts; for lead +24 that is now. Where the rule knows
 * none, and until it has seen a day, it is unavailable.
 */
export function seasonalNaive(station: Station): Forecaster<RecentMeasurements> {
  const target = targetIndex(station)
  const rule = featureRule(station)

  return {
    name: 'seasonal_naive',
    initial: () => emptyRecent({ reach: DAY + rule.line, grain: Math.max(station.cadence / 4, 15 * SECOND) }),
    observe(recent, { eventTime, values, bridged }) {
      const value = values[target]!
      if (!bridged && Number.isFinite(value)) addMeasurement(recent, eventTime, value)
    },
    predict(recent, { issuedAt, current }) {
      if (!Number.isFinite(current)) return undefined
      const mean = new Float64Array(LEADS).fill(current)
      for (let lead = 0; lead < LEADS - 1; lead++) {
        const value = valueAt(recent, validTime(issuedAt, lead) - DAY, rule)
        if (value === undefined) return undefined
        mean[lead] = value
      }
      return mean
    },
  }
}
