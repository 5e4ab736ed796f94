import { HOUR, type Instant, MINUTE } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'

/** The hour of a time by the station's clock, without summer time, counted from 1970. */
export function localHour({ time }: Pick<Station, 'time'>, instant: Instant): number {
  return Math.floor((instant + time.utcOffsetMinutes * MINUTE) / HOUR)
}
