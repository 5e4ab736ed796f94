import { LEADS } from '../domain/forecast.ts'
import { HOUR } from '../domain/instant.ts'
import { type Station, targetIndex } from '../domain/station.ts'
import type { Forecaster } from './forecaster.ts'
import { emptyScores, keepScore, quantileOfScores, type RecentScores } from './recent-scores.ts'

const HOURS = 7 * 24
/** Of a day: the median of less is persistence. */
const FEWEST = 24

/**
 * The median of the last week's hourly values, at every lead: what is mostly one value, rain above all, is best
 * forecast as that. Unavailable until it has seen a day.
 */
export function recentMedian(station: Station): Forecaster<RecentScores> {
  const target = targetIndex(station)
  return {
    name: 'recent_median',
    initial: () => emptyScores(HOURS),
    observe(recent, { eventTime, values, bridged }) {
      const value = values[target]!
      if (!bridged && Number.isFinite(value)) keepScore(recent, Math.floor(eventTime / HOUR), value)
    },
    predict(recent) {
      if (recent.count < FEWEST) return undefined
      return new Float64Array(LEADS).fill(quantileOfScores(recent, 0.5))
    },
  }
}
