import type { RecordKind } from '../domain/state-store.ts'
import { asBytes, type Database, textOf, type Value } from './database.ts'
import type { LetGoRange, RecordRange, WrittenRecord } from './messages.ts'

export const RECORD_TABLES: Record<RecordKind, string> = {
  reading: 'readings',
  forecast: 'forecasts',
  score: 'scores',
  outside: 'outside',
}

/** Rows that are let go of at once, a few milliseconds' work: nobody waits for more than that. */
const PIECE: Record<RecordKind, number> = { reading: 500, forecast: 50, score: 5, outside: 200 }

/** Lets go of a piece of what a station published before a time or from one on. True where there may be more. */
export function letGoOfPiece(database: Database, station: string, { before, from }: LetGoRange): boolean {
  const [is, time] = before === undefined ? ['>=', from!] : ['<', before]
  const kinds = Object.keys(RECORD_TABLES) as RecordKind[]
  const full = kinds.filter((what) => {
    const table = RECORD_TABLES[what]
    const { changes } = database.run(
      `DELETE FROM ${table} WHERE station = ? AND (session, event_time) IN (
         SELECT session, event_time FROM ${table} WHERE station = ? AND event_time ${is} ?
         ORDER BY event_time, session LIMIT ?)`,
      station,
      station,
      time,
      PIECE[what],
    )
    return changes === PIECE[what]
  })
  return full.length > 0
}

/** What is published again, as after a crash, takes its own place. Within the caller's transaction. */
export function writeRecords(database: Database, station: string, records: readonly WrittenRecord[]): void {
  for (const { what, session, eventTime, message } of records) {
    database.run(
      `INSERT OR REPLACE INTO ${RECORD_TABLES[what]}(station, session, event_time, message) VALUES (?, ?, ?, ?)`,
      station,
      session,
      eventTime,
      message,
    )
  }
}

export function readRecords(
  database: Database,
  station: string,
  what: RecordKind,
  { from, to, after, skip = 0, limit, newestFirst = false }: RecordRange,
): readonly WrittenRecord[] {
  const conditions = ['station = ?']
  const values: Value[] = [station]
  if (from !== undefined) {
    conditions.push('event_time >= ?')
    values.push(from)
  }
  if (to !== undefined) {
    conditions.push('event_time < ?')
    values.push(to)
  }
  if (after !== undefined) {
    conditions.push(`(event_time, session) ${newestFirst ? '<' : '>'} (?, ?)`)
    values.push(after.eventTime, after.session)
  }
  const way = newestFirst ? 'DESC' : 'ASC'
  const rows = database.all(
    `SELECT ${asBytes('session')} AS session, event_time AS eventTime, ${asBytes('message')} AS message
     FROM ${RECORD_TABLES[what]}
     WHERE ${conditions.join(' AND ')} ORDER BY event_time ${way}, session ${way} LIMIT ? OFFSET ?`,
    ...values,
    limit,
    skip,
  )
  // What is no text is no JSON either, which is told by whoever reads it as that.
  return rows.map(({ session, eventTime, message }) => ({
    what,
    session: textOf(session) ?? '',
    eventTime: Number(eventTime),
    message: textOf(message) ?? '',
  }))
}
