import { TickcastError } from '../domain/errors.ts'
import type { Database } from './database.ts'

/** In the file's header: a file of this program, `TICK`. */
const APPLICATION_ID = 0x5449434b

/** One step from a version to the next. The first makes an empty file a store; docs/store.md explains the tables. */
export type Migration = (database: Database) => void

const recordTable = (table: string): string => `
      CREATE TABLE ${table}(
        station TEXT NOT NULL,
        session TEXT NOT NULL,
        event_time INTEGER NOT NULL,
        message TEXT NOT NULL,
        PRIMARY KEY(station, session, event_time)
      ) WITHOUT ROWID;
      CREATE INDEX ${table}_by_time ON ${table}(station, event_time, session);`

export const MIGRATIONS: readonly Migration[] = [
  (database) =>
    database.exec(`
      CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE journal(
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        station TEXT NOT NULL,
        received_at INTEGER NOT NULL,
        tick TEXT NOT NULL
      );
      CREATE INDEX journal_by_station ON journal(station, position);
      CREATE TABLE checkpoints(
        station TEXT NOT NULL,
        position INTEGER NOT NULL,
        event_time INTEGER,
        written_at INTEGER NOT NULL,
        version INTEGER NOT NULL,
        checksum TEXT NOT NULL,
        state BLOB NOT NULL,
        PRIMARY KEY(station, position)
      );
      ${['readings', 'forecasts', 'scores'].map(recordTable).join('')}
    `),
  (database) =>
    database.exec(`
      CREATE TABLE tapes(station TEXT PRIMARY KEY, message TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE tape_states(
        station TEXT NOT NULL,
        row INTEGER NOT NULL,
        event_time INTEGER NOT NULL,
        written_at INTEGER NOT NULL,
        samples_to INTEGER,
        checksum TEXT NOT NULL,
        state BLOB NOT NULL,
        PRIMARY KEY(station, row)
      );
      CREATE TABLE tape_samples(
        station TEXT NOT NULL,
        row INTEGER NOT NULL,
        samples_from INTEGER,
        samples_to INTEGER NOT NULL,
        checksum TEXT NOT NULL,
        samples BLOB NOT NULL,
        PRIMARY KEY(station, row)
      );
    `),
  (database) => database.exec(recordTable('outside')),
]

/**
 * Brings a file to the newest version, in one transaction. Throws a `TickcastError` (`store_version`) that names file
 * and versions where it is of a newer version or of another program.
 */
export function migrate(database: Database, path: string, migrations = MIGRATIONS): void {
  const version = pragma(database, 'user_version')
  const application = pragma(database, 'application_id')
  const isNew = version === 0 && application === 0 && !database.first('SELECT 1 FROM sqlite_schema LIMIT 1')
  if (!isNew && application !== APPLICATION_ID) {
    throw new TickcastError('store_version', `${path}: a database of another program, which is left as it is`)
  }
  if (version > migrations.length) {
    throw new TickcastError(
      'store_version',
      `${path}: of version ${version}, which a newer tickcast wrote; this one reads up to version ${migrations.length}`,
    )
  }
  if (version === migrations.length) return
  database.transaction(() => {
    for (const step of migrations.slice(version)) step(database)
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
    database.exec(`PRAGMA user_version = ${migrations.length}`)
    database.run(
      "INSERT OR REPLACE INTO meta(key, value) VALUES ('schema_version', ?)",
      String(migrations.length),
    )
  })
}

/** Throws a `TickcastError` (`store_version`) where a file cannot be read as it is: nothing is brought up to date. */
export function checkVersion(database: Database, path: string, newest = MIGRATIONS.length): void {
  const version = pragma(database, 'user_version')
  if (pragma(database, 'application_id') !== APPLICATION_ID) {
    throw new TickcastError('store_version', `${path}: a database of another program`)
  }
  if (version !== newest) {
    const remedy = version > newest ? 'a newer tickcast wrote it' : 'a start brings it up to date'
    throw new TickcastError(
      'store_version',
      `${path}: of version ${version}, and version ${newest} is read here: ${remedy}`,
    )
  }
}

function pragma(database: Database, name: string): number {
  return Number(database.first(`PRAGMA ${name}`)?.[name])
}
