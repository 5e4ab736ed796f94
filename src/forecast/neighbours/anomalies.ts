import { DAY, HOUR, type Instant } from '../../domain/instant.ts'
import { emptyRing, type HourlyRing, keepHour } from '../outside/hourly-ring.ts'

/** Days after which a profile of the hours has forgotten to 1/e. */
const MEMORY_DAYS = 30
const HOURS = DAY / HOUR

/** How far a station is from its own usual value of the hour of day (UTC), over the last eight days. Plain data. */
export interface Anomalies {
  /** Shape of both: [hour of day]. */
  readonly means: Float64Array
  readonly counts: Float64Array
  readonly ring: HourlyRing
}

export function emptyAnomalies(): Anomalies {
  return { means: new Float64Array(HOURS), counts: new Float64Array(HOURS), ring: emptyRing() }
}

/** Times rise. The first measurement of each hour counts; true where this is one. */
export function addAnomaly({ means, counts, ring }: Anomalies, time: Instant, value: number): boolean {
  const hour = Math.floor(time / HOUR)
  if (hour <= ring.newest) return false
  const ofDay = ((hour % HOURS) + HOURS) % HOURS
  keepHour(ring, time, counts[ofDay]! > 0 ? value - means[ofDay]! : Number.NaN)
  counts[ofDay] = Math.min(counts[ofDay]! + 1, MEMORY_DAYS)
  means[ofDay]! += (value - means[ofDay]!) / counts[ofDay]!
  return true
}
