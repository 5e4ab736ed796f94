import { existsSync } from 'node:fs'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import { formatInstant } from '../domain/instant.ts'
import type { KeptRecord, RecordKind } from '../domain/state-store.ts'
import type { StationMessage } from '../protocol/station-message.ts'
import { asBytes, type Database, openDatabase, textOf } from './database.ts'
import { errorOf, failureOf } from './failure.ts'
import type { RecordRange } from './messages.ts'
import { RECORD_TABLES, readRecords } from './record-tables.ts'
import { checkVersion } from './schema.ts'
import { readStations } from './station-rows.ts'
import { databasePath } from './store.ts'

/**
 * What a folder holds, for reading alone: also beside a process that keeps its stations there, which neither waits for
 * a reader nor is waited for. Every call blocks for as long as the disk takes, a page at a time.
 */
export interface Records {
  readonly folder: string
  /** In the order of their ids. */
  stations(): readonly StationMessage[]
  /** A page of what was published. `after` of the next page is the last record of this one. */
  records(station: string, what: RecordKind, range: RecordRange): readonly KeptRecord[]
  /** Keys of an object within all messages of a kind, such as `values`, in the order of their names. */
  keys(station: string, what: RecordKind, within: string): readonly string[]
  close(): void
}

/** Throws a `TickcastError`: `usage` where nothing is kept in the folder, `store_version`, `store_damaged`. */
export function openRecords(folder: string): Records {
  const path = databasePath(folder)
  if (!existsSync(path)) {
    throw new TickcastError(
      'usage',
      `${folder}: no station is kept here: \`tickcast start --live --keep ${folder}\` keeps one`,
    )
  }
  const explained = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw errorOf(failureOf(error, path))
    }
  }
  const database: Database = explained(() => openDatabase(path))
  try {
    explained(() => {
      database.exec('PRAGMA query_only = ON')
      checkVersion(database, path)
    })
  } catch (error) {
    database.close()
    throw error
  }
  return {
    folder,
    stations: () =>
      explained(() => readStations(database)).map(
        (description) => parsed(description, `${path}: what a station is`) as StationMessage,
      ),
    records: (station, what, range) =>
      explained(() => readRecords(database, station, what, range)).map((record) => ({
        ...record,
        message: parsed(record.message, `${path}: the ${what} of ${formatInstant(record.eventTime)}`),
      })),
    keys: (station, what, within) =>
      explained(() =>
        database.all(
          `SELECT DISTINCT ${asBytes('each.key')} AS name
           FROM ${RECORD_TABLES[what]}, json_each(CASE WHEN json_valid(message) THEN message END, ?) AS each
           WHERE station = ? ORDER BY name`,
          `$.${within}`,
          station,
        ),
      ).flatMap((row) => textOf(row['name']) ?? []),
    close: () => database.close(),
  }
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new TickcastError('store_damaged', `${what} is damaged: ${errorMessage(cause)}`, { cause })
  }
}
