import { LEADS } from '../domain/forecast.ts'
import type { Station } from '../domain/station.ts'
import { climatology } from './climatology.ts'
import type { Forecaster } from './forecaster.ts'

const DAMPING_HOURS = 48

/**
 * Climatology, and how far today is from it: that fades to 1/e in 48 hours. Where climatology is silent it says
 * nothing either.
 */
export function dampedAnomaly(station: Station): Forecaster {
  const usual = climatology(station)
  return {
    name: 'damped_anomaly',
    observe: usual.observe,
    predict(issue) {
      const profile = usual.predict(issue)
      if (!profile || !Number.isFinite(issue.current)) return undefined
      // The profile goes round the clock: what is usual now is what is usual in 24 hours.
      const anomaly = issue.current - profile[LEADS - 1]!
      return profile.map((value, lead) => value + anomaly * Math.exp(-(lead + 1) / DAMPING_HOURS))
    },
    snapshot: usual.snapshot,
    restore: usual.restore,
  }
}
