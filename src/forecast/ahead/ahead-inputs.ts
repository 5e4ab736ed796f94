import { quantityNames } from '../../domain/outside.ts'
import type { Station } from '../../domain/station.ts'
import { CALENDAR_NAMES } from './calendar-columns.ts'

/** Of what is known ahead that experts learn from, by name, in this order; none of a station that names no quantity. */
export function aheadInputs(station: Station): readonly string[] {
  const needed = quantityNames(station)
  if (needed.length === 0) return []
  return [...needed, ...(station.holidays === undefined ? [] : CALENDAR_NAMES)]
}
