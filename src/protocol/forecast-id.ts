import { formatInstant, type Instant, parseInstant } from '../domain/instant.ts'
import { STATION_ID } from './topics.ts'

/** Names a forecast: its station and when it was issued, `jena/2026-03-01T05:00:00Z`. */
export function forecastId(station: string, issuedAt: Instant): string {
  return `${station}/${formatInstant(issuedAt)}`
}

/** Undefined where a text is none. */
export function parsedForecastId(
  id: string,
): { readonly station: string; readonly issuedAt: Instant } | undefined {
  const slash = id.indexOf('/')
  const station = id.slice(0, slash)
  const issuedAt = parseInstant(id.slice(slash + 1))
  return slash > 0 && STATION_ID.test(station) && issuedAt !== undefined ? { station, issuedAt } : undefined
}
