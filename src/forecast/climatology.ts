import { LEADS, validTime } from '../domain/forecast.ts'
import type { Station } from '../domain/station.ts'
import type { Forecaster } from './forecaster.ts'
import { type Profile, runningProfile } from './profile.ts'

/**
 * The running mean at the valid time's local hour of day, which forgets to 1/e in `memoryDays`. Unavailable until it has
 * seen a day.
 */
export function climatology(station: Station, memoryDays = 10): Forecaster<Profile> {
  const { initial, observe, usual } = runningProfile(station, { hours: 24, memory: memoryDays })
  return {
    ...{ name: 'climatology', initial, observe },
    predict(profile, { issuedAt }) {
      const normal = usual(profile, issuedAt)
      return normal && Float64Array.from({ length: LEADS }, (_, lead) => normal(validTime(issuedAt, lead)))
    },
  }
}
