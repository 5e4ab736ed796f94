import { LEADS, validTime } from '../domain/forecast.ts'
import type { Station } from '../domain/station.ts'
import type { Forecaster } from './forecaster.ts'
import { type Profile, runningProfile } from './profile.ts'

const HOURS = 7 * 24
const MEMORY_WEEKS = 8
const DAMPING_HOURS = 48

/**
 * The running mean at the valid time's local hour of the week, and today's anomaly from it, which fades to 1/e in 48
 * hours: for what people do, whose Sundays are no Mondays. Unavailable until it has seen a week.
 */
export function weeklyProfile(station: Station): Forecaster<Profile> {
  const { initial, observe, usual } = runningProfile(station, { hours: HOURS, memory: MEMORY_WEEKS })
  return {
    ...{ name: 'weekly_profile', initial, observe },
    predict(profile, { issuedAt, current }) {
      const normal = usual(profile, issuedAt)
      if (!normal || !Number.isFinite(current)) return undefined
      const anomaly = current - normal(issuedAt)
      return Float64Array.from(
        { length: LEADS },
        (_, lead) => normal(validTime(issuedAt, lead)) + anomaly * Math.exp(-(lead + 1) / DAMPING_HOURS),
      )
    },
  }
}
