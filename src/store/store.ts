import { accessSync, closeSync, constants, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import { prune, readCheckpoints, writeCheckpoint } from './checkpoint-table.ts'
import { type Database, openDatabase } from './database.ts'
import { failureOf } from './failure.ts'
import { lockFolder } from './folder-lock.ts'
import { appendTicks, readJournal } from './journal-table.ts'
import type { Ask, Damage, RequestKind, Requests, StoreThreadData } from './messages.ts'
import { RECORD_TABLES, readRecords, writeRecords } from './record-tables.ts'
import { migrate } from './schema.ts'
import { forgetStation, writeStation } from './station-rows.ts'

/** The file of a folder, as the store's thread holds it. Everything here blocks. */
export interface Store {
  readonly path: string
  answer(ask: Ask): Requests[RequestKind]['answer']
}

/** Page size of SQLite's default; the limit in bytes is kept in pages. */
const PAGE = 4096
/** What SQLite's log beside the file shrinks back to after a great checkpoint. */
const LOG_BYTES = 64 * 2 ** 20

/** Throws a `TickcastError` where the folder or file cannot be made, read, or had for oneself. */
export function openStore(
  { folder, since, maxBytes }: StoreThreadData,
  onDamage: (damage: Damage) => void,
): Store {
  const path = databasePath(folder)
  makeFolder(folder)
  const lock = lockFolder(folder, since)
  let database: Database
  try {
    const isNew = !existsSync(path)
    database = openDatabase(path)
    prepare(database, path, maxBytes)
    if (isNew) syncFolder(folder)
  } catch (error) {
    lock.release()
    throw error
  }
  /** Checkpoints that were found damaged: `STATION\nPOSITION`. */
  const damaged = new Set<string>()

  const answers: { [K in RequestKind]: (ask: Ask<K>) => Requests[K]['answer'] } = {
    append: ({ ticks }) => appendTicks(database, ticks),
    journal: ({ station, after }) => readJournal(database, station, after),
    checkpoint({ station, checkpoint }) {
      writeCheckpoint(database, station, checkpoint)
      damaged.delete(`${station}\n${checkpoint.position}`)
      try {
        prune(database, station, (position) => damaged.has(`${station}\n${position}`))
      } catch (error) {
        // The checkpoint itself is safe. What it makes superfluous is let go with the next one.
        const { message } = failureOf(error, path)
        onDamage({ station, message: `nothing old is let go: ${message}` })
      }
      return undefined
    },
    record({ station, records }) {
      database.transaction(() => writeRecords(database, station, records))
      return undefined
    },
    describe({ station, description }) {
      writeStation(database, station, description)
      return undefined
    },
    checkpoints: ({ station }) =>
      readCheckpoints(database, station, (position, damage) => {
        damaged.add(`${station}\n${position}`)
        onDamage(damage)
      }),
    records: ({ station, what, range }) => readRecords(database, station, what, range),
    remove({ station }) {
      database.transaction(() => {
        for (const table of ['journal', 'checkpoints', ...Object.values(RECORD_TABLES)])
          database.run(`DELETE FROM ${table} WHERE station = ?`, station)
        forgetStation(database, station)
      })
      return undefined
    },
    close() {
      database.close()
      lock.release()
      return undefined
    },
  }
  return {
    path,
    answer: <K extends RequestKind>(ask: Ask<K>) => answers[ask.kind as K](ask),
  }
}

/** The database of a folder. */
export function databasePath(folder: string): string {
  return join(folder, 'tickcast.db')
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw new TickcastError(
      'store_unwritable',
      `${folder}: stations cannot be kept here: ${errorMessage(cause)}`,
      {
        cause,
      },
    )
  }
}

function prepare(database: Database, path: string, maxBytes: number | undefined): void {
  migrate(database, path)
  database.all('PRAGMA journal_mode = WAL')
  database.all(`PRAGMA journal_size_limit = ${LOG_BYTES}`)
  // What is acknowledged is on the disk itself, not on its way there; on macOS that has to be asked for.
  database.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON')
  if (maxBytes !== undefined) database.all(`PRAGMA max_page_count = ${Math.floor(maxBytes / PAGE)}`)
}

/** So that a new file is found again after a loss of power. Not every system can. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, 'r')
    try {
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
  } catch {
    return
  }
}
