import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Libsql from 'libsql'
import type { Way } from './durable-rounds.ts'

/** What a station publishes, as it stands in its file: a row a message. */
export interface PublishedRow {
  readonly table: 'readings' | 'forecasts' | 'scores'
  readonly eventTime: number
  readonly message: string
}

/** What is inserted, the same bytes as the store does. */
export interface Inserts {
  readonly station: string
  readonly ticks: readonly string[]
  /** Of all ticks; none are inserted where it is empty. */
  readonly published: readonly PublishedRow[]
}

/** As the store makes them (`src/store/schema.ts`), and with its settings. */
const TABLES = `
  CREATE TABLE journal(
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    station TEXT NOT NULL, received_at INTEGER NOT NULL, tick TEXT NOT NULL
  );
  CREATE INDEX journal_by_station ON journal(station, position);
  ${['readings', 'forecasts', 'scores']
    .map(
      (table) => `
  CREATE TABLE ${table}(
    station TEXT NOT NULL, session TEXT NOT NULL, event_time INTEGER NOT NULL, message TEXT NOT NULL,
    PRIMARY KEY(station, session, event_time)
  ) WITHOUT ROWID;
  CREATE INDEX ${table}_by_time ON ${table}(station, event_time, session);`,
    )
    .join('')}
`

/** A loop around SQLite and nothing else: `group` ticks a transaction, then what was published of them in another. */
export function bareLoop(
  name: string,
  { inserts, group }: { readonly inserts: () => Inserts; readonly group: number },
): Way {
  return {
    name,
    async measure() {
      const folder = await mkdtemp(join(tmpdir(), 'tickcast-bare-'))
      const database = new Libsql(join(folder, 'bare.db'))
      database.prepare('PRAGMA journal_mode = WAL').all([])
      database.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON')
      database.exec(TABLES)
      const insert = database.prepare('INSERT INTO journal(station, received_at, tick) VALUES (?, ?, ?)')
      const publish = {
        readings: database.prepare(`INSERT OR REPLACE INTO readings VALUES (?, '', ?, ?)`),
        forecasts: database.prepare(`INSERT OR REPLACE INTO forecasts VALUES (?, '', ?, ?)`),
        scores: database.prepare(`INSERT OR REPLACE INTO scores VALUES (?, '', ?, ?)`),
      }
      const { station, ticks, published } = inserts()
      const milliseconds: number[] = []
      let row = 0
      const began = performance.now()
      for (let first = 0; first < ticks.length; first += group) {
        const last = Math.min(first + group, ticks.length)
        const at = performance.now()
        database.exec('BEGIN IMMEDIATE')
        for (const tick of ticks.slice(first, last)) insert.run([station, Date.now(), tick])
        database.exec('COMMIT')
        if (group === 1) milliseconds.push(performance.now() - at)
        const rows = Math.floor((published.length * last) / ticks.length)
        if (rows === row) continue
        database.exec('BEGIN IMMEDIATE')
        for (const { table, eventTime, message } of published.slice(row, rows))
          publish[table].run([station, eventTime, message])
        database.exec('COMMIT')
        row = rows
      }
      const seconds = (performance.now() - began) / 1000
      database.close()
      await rm(folder, { recursive: true, force: true })
      return { perSecond: ticks.length / seconds, milliseconds }
    },
  }
}
