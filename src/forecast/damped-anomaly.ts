import { LEADS } from '../domain/forecast.ts'
import type { Station } from '../domain/station.ts'
import { climatology } from './climatology.ts'
import type { Forecaster } from './forecaster.ts'
import type { Profile } from './profile.ts'

const DAMPING_HOURS = 48

/** Climatology, and today's anomaly from it, which fades to 1/e in 48 hours. Unavailable where climatology is. */
export function dampedAnomaly(station: Station): Forecaster<Profile> {
  const normal = climatology(station)
  return {
    name: 'damped_anomaly',
    initial: normal.initial,
    observe: normal.observe,
    predict(state, issue) {
      const profile = normal.predict(state, issue)
      if (!profile || !Number.isFinite(issue.current)) return undefined
      // The profile goes round the clock: the mean of this hour of day is that of 24 hours on.
      const anomaly = issue.current - profile[LEADS - 1]!
      return profile.map((value, lead) => value + anomaly * Math.exp(-(lead + 1) / DAMPING_HOURS))
    },
  }
}
