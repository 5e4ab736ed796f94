import { LEADS, validTime } from '../domain/forecast.ts'
import { type Station, targetIndex } from '../domain/station.ts'
import type { Forecaster } from './forecaster.ts'
import { localHour } from './local-hour.ts'
import { addToProfile, emptyProfile, hourOfCycle, meanByHour, type Profile } from './profile.ts'

const HOURS = 24

/**
 * The running mean at the valid time's local hour of day, m += max(1 - exp(-1/memoryDays), 1/n) (x - m): a plain mean
 * at first, then one that forgets to 1/e in `memoryDays`. Unavailable until it has seen a day; an hour of day that
 * never holds a measurement (a cadence of several hours) lies on the line between its neighbours.
 */
export function climatology(station: Station, memoryDays = 10): Forecaster<Profile> {
  const target = targetIndex(station)
  const newest = 1 - Math.exp(-1 / memoryDays)

  return {
    name: 'climatology',
    initial: () => emptyProfile(HOURS),
    observe(profile, { eventTime, values, bridged }) {
      const value = values[target]!
      if (bridged || !Number.isFinite(value)) return
      addToProfile(profile, { time: eventTime, hour: localHour(station, eventTime), value, newest })
    },
    predict(profile, { issuedAt }) {
      const byHour = meanByHour(profile, issuedAt, newest)
      return (
        byHour &&
        Float64Array.from(
          { length: LEADS },
          (_, lead) => byHour[hourOfCycle(localHour(station, validTime(issuedAt, lead)), HOURS)]!,
        )
      )
    },
  }
}
