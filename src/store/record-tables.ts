import type { Database, Value } from './database.ts'
import type { RecordKind, RecordRange, WrittenRecord } from './messages.ts'

export const RECORD_TABLES: Record<RecordKind, string> = {
  reading: 'readings',
  forecast: 'forecasts',
  score: 'scores',
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
    `SELECT session, event_time AS eventTime, message FROM ${RECORD_TABLES[what]}
     WHERE ${conditions.join(' AND ')} ORDER BY event_time ${way}, session ${way} LIMIT ? OFFSET ?`,
    ...values,
    limit,
    skip,
  ) as unknown as readonly Omit<WrittenRecord, 'what'>[]
  return rows.map(({ session, eventTime, message }) => ({ what, session, eventTime, message }))
}
