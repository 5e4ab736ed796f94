import { LEADS, validTime } from '../domain/forecast.ts'
import { type Station, targetIndex } from '../domain/station.ts'
import type { Forecaster } from './forecaster.ts'
import { localHour } from './local-hour.ts'
import { addToProfile, emptyProfile, hourOfCycle, meanByHour, type Profile } from './profile.ts'

const HOURS = 7 * 24
const MEMORY_WEEKS = 8
const DAMPING_HOURS = 48

/**
 * The running mean at the valid time's local hour of the week, and today's anomaly from it, which fades to 1/e in 48
 * hours: for what people do, whose Sundays are no Mondays. Unavailable until it has seen a week.
 */
export function weeklyProfile(station: Station): Forecaster<Profile> {
  const target = targetIndex(station)
  const newest = 1 - Math.exp(-1 / MEMORY_WEEKS)

  return {
    name: 'weekly_profile',
    initial: () => emptyProfile(HOURS),
    observe(profile, { eventTime, values, bridged }) {
      const value = values[target]!
      if (bridged || !Number.isFinite(value)) return
      addToProfile(profile, { time: eventTime, hour: localHour(station, eventTime), value, newest })
    },
    predict(profile, { issuedAt, current }) {
      const byHour = meanByHour(profile, issuedAt, newest)
      if (!byHour || !Number.isFinite(current)) return undefined
      const normal = (time: number) => byHour[hourOfCycle(localHour(station, time), HOURS)]!
      const anomaly = current - normal(issuedAt)
      return Float64Array.from(
        { length: LEADS },
        (_, lead) => normal(validTime(issuedAt, lead)) + anomaly * Math.exp(-(lead + 1) / DAMPING_HOURS),
      )
    },
  }
}
