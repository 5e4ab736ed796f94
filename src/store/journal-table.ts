import { asBytes, type Database, textOf } from './database.ts'
import type { JournalRow, WrittenTick } from './messages.ts'

/** Rows of the journal that are read at once. */
const BATCH = 1000

/** One transaction, and so one wait for the disk. Gives the position of the first; the others follow one by one. */
export function appendTicks(database: Database, ticks: readonly WrittenTick[]): number {
  return database.transaction(() => {
    let last = 0
    for (const { station, receivedAt, tick } of ticks) {
      last = database.run(
        'INSERT INTO journal(station, received_at, tick) VALUES (?, ?, ?)',
        station,
        receivedAt,
        tick,
      ).rowId
    }
    return last - ticks.length + 1
  })
}

/** The next rows of a station after a position, oldest first, and how far was read: undefined at the end. */
export function readJournal(
  database: Database,
  station: string,
  after: number,
): { rows: readonly JournalRow[]; readTo: number | undefined } {
  const rows = database.all(
    `SELECT position, ${asBytes('tick')} AS tick FROM journal WHERE station = ? AND position > ? ORDER BY position LIMIT ?`,
    station,
    after,
    BATCH,
  )
  const read = rows.map(({ position, tick }) => ({ position: Number(position), tick: textOf(tick) ?? '' }))
  return { rows: read, readTo: read.at(-1)?.position }
}
