import { LEADS, validTime } from '../domain/forecast.ts'
import { DAY, MINUTE, SECOND, type Span } from '../domain/instant.ts'
import { featureRule } from '../domain/measurement-rule.ts'
import { type Station, targetIndex } from '../domain/station.ts'
import type { Forecaster } from './forecaster.ts'
import { addMeasurement, emptyRecent, type RecentMeasurements, valueAt } from './recent.ts'

/** The same hour yesterday; for lead +24 that is now. Unavailable until it has seen a day. */
export function seasonalNaive(station: Station): Forecaster<RecentMeasurements> {
  return sameTimeBefore(station, { name: 'seasonal_naive', period: DAY, finest: 15 * SECOND })
}

/** The same hour last week. Unavailable until it has seen one. */
export function weeklyNaive(station: Station): Forecaster<RecentMeasurements> {
  return sameTimeBefore(station, { name: 'weekly_naive', period: 7 * DAY, finest: 2 * MINUTE })
}

/**
 * For a valid time v the value at v - period by the rule of features, which reaches across holes, so that one missing
 * row does not leave a day without forecasts. Where the rule knows none it is unavailable.
 */
function sameTimeBefore(
  station: Station,
  { name, period, finest }: { readonly name: string; readonly period: Span; readonly finest: Span },
): Forecaster<RecentMeasurements> {
  const target = targetIndex(station)
  const rule = featureRule(station)

  return {
    name,
    initial: () => emptyRecent({ reach: period + rule.line, grain: Math.max(station.cadence / 4, finest) }),
    observe(recent, { eventTime, values, bridged }) {
      const value = values[target]!
      if (!bridged && Number.isFinite(value)) addMeasurement(recent, eventTime, value)
    },
    predict(recent, { issuedAt, current }) {
      if (!Number.isFinite(current)) return undefined
      const mean = new Float64Array(LEADS)
      for (let lead = 0; lead < LEADS; lead++) {
        const time = validTime(issuedAt, lead) - period
        const value = time === issuedAt ? current : valueAt(recent, time, rule)
        if (value === undefined) return undefined
        mean[lead] = value
      }
      return mean
    },
  }
}
