import type { Instant } from '../src/domain/instant.ts'
import type { RawRow } from '../src/ingest/raw-row.ts'

export interface RowToPlay {
  readonly row: RawRow
  /** Playback time: the time of the tape at which the row is played; never runs backwards. */
  readonly at: Instant
}

/** How many rows ahead are looked at before a stamp is believed. */
const AHEAD = 3

/**
 * Assigns every row its playback time: its own stamp, but where one of the next rows is earlier, that: a stamp that
 * is years ahead by mistake must not hold up the tape for years, at its very end neither (`end`, where it is known).
 * Rows with no time go with those around them.
 */
export async function* withPlaybackTimes(
  batches: AsyncIterable<readonly RawRow[]>,
  { start, end = Number.POSITIVE_INFINITY }: { readonly start: Instant; readonly end?: Instant },
): AsyncGenerator<readonly RowToPlay[], void, undefined> {
  let held: RawRow[] = []
  let now = start
  const time = (rows: readonly RawRow[], count: number): RowToPlay[] =>
    rows.slice(0, count).map((row, index) => {
      let earliest = Number.POSITIVE_INFINITY
      for (let next = index; next <= index + AHEAD && next < rows.length; next++) {
        earliest = Math.min(earliest, rows[next]?.eventTime ?? Number.POSITIVE_INFINITY)
      }
      const at = Math.min(earliest, end)
      if (at > now && Number.isFinite(earliest)) now = at
      return { row, at: now }
    })
  for await (const batch of batches) {
    const rows = held.length > 0 ? held.concat(batch) : batch
    const ready = Math.max(0, rows.length - AHEAD)
    if (ready > 0) yield time(rows, ready)
    held = rows.slice(ready)
  }
  if (held.length > 0) yield time(held, held.length)
}
