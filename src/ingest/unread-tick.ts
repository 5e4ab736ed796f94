import { parseInstant } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import type { TickMessage } from '../protocol/tick.ts'
import { ignoredTeller, messageTicks } from './json-ticks.ts'
import { mergedRows } from './merge-rows.ts'
import { type NamingState, toldRows } from './named-rows.ts'
import { tickOf } from './raw-row.ts'

export interface UnreadTickOptions {
  readonly naming: () => NamingState
  readonly onNote?: ((note: string) => void) | undefined
}

/**
 * Reads ticks that came over a server as a sensor wrote them, just as a body of `POST .../ticks` is read: paths, `where`,
 * numbers, times; one without a time is of when the server took it in. Ticks that were read already stay as they are.
 * `naming`: who has sent so far, part of what the station knows, so that a stream read again is read the same.
 */
export function unreadTickReader(
  station: Station,
  { naming, onNote }: UnreadTickOptions,
): (tick: TickMessage) => readonly TickMessage[] {
  const tellIgnored = ignoredTeller(onNote, ` (${station.id})`)
  return (tick) => {
    const { unread, ...rest } = tick
    if (unread === undefined) return [tick]
    const ingestTime = parseInstant(rest.ingest_time) ?? 0
    const { rows, ignored } = messageTicks(unread, { station, now: ingestTime, place: tick.id })
    tellIgnored(ignored)
    return mergedRows(toldRows(rows, naming(), station), station).rows.map((row) => ({
      ...tickOf(row, { run: '', ingestTime }),
      id: row.place,
    }))
  }
}
