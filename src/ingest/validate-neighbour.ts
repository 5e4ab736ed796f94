import { MOST_AHEAD } from '../domain/clock-skew.ts'
import { type Instant, parseInstant } from '../domain/instant.ts'
import { isNeighbour, type NeighbourReading } from '../domain/neighbour.ts'
import type { Rejection } from '../domain/reading.ts'
import type { Station } from '../domain/station.ts'
import type { NeighbourMessage } from '../protocol/neighbour.ts'

export type NeighbourVerdict =
  | { readonly ok: true; readonly reading: NeighbourReading }
  | { readonly ok: false; readonly rejection: Rejection }

/** A message that fits its schema becomes a neighbour's reading or a named rejection. `ingestTime`: when it came in. */
export function validateNeighbour(
  { id, neighbours }: Pick<Station, 'id' | 'neighbours'>,
  { station, event_time, value, pressure }: NeighbourMessage,
  ingestTime: Instant,
): NeighbourVerdict {
  if (station === id)
    return refused('station', station, 'another station than the one that is told', 'unknown_field')
  if (!isNeighbour(neighbours, station)) {
    const names = neighbours === 'auto' ? '' : (neighbours ?? []).map((each) => each.station).join(', ')
    const rule = names
      ? `one of ${names}: those that the station file names under neighbours`
      : 'a station that the station file names under neighbours; it names none'
    return refused('station', station, rule, 'unknown_field')
  }
  const eventTime = parseInstant(event_time)
  if (eventTime === undefined)
    return refused('event_time', event_time, 'a time with its zone such as 2026-03-01T05:00:00Z', 'malformed')
  // It would keep out all that comes until then.
  if (eventTime > ingestTime + MOST_AHEAD)
    return refused('event_time', event_time, 'not after the reading has come in', 'future')
  return { ok: true, reading: { station, eventTime, value, pressure: pressure ?? Number.NaN } }
}

function refused(
  field: string,
  value: Rejection['value'],
  rule: string,
  reason: Rejection['reason'],
): NeighbourVerdict {
  return { ok: false, rejection: { field: `neighbour.${field}`, value, rule, reason } }
}
