import { accessSync, constants, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import type { Instant } from '../domain/instant.ts'
import { prune, readCheckpoints, writeCheckpoint } from './checkpoint-table.ts'
import { BUSY_MS, type Database, openDatabase } from './database.ts'
import { failureOf, isDamage } from './failure.ts'
import { type Files, filesOf, setAside, syncFolder } from './files.ts'
import { lockFolder } from './folder-lock.ts'
import { appendTicks, readJournal } from './journal-table.ts'
import { damageOfLog } from './log-check.ts'
import type { Ask, Damage, RequestKind, Requests, StoreThreadData } from './messages.ts'
import { RECORD_TABLES, readRecords, writeRecords } from './record-tables.ts'
import { finishSalvage, salvage } from './salvage.ts'
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

/**
 * Throws a `TickcastError` where the folder or file cannot be made, read, or had for oneself. With `store_damaged` the
 * file wants salvaging, in another thread: SQLite lets go of a file for certain only when its thread ends.
 */
export function openStore(
  { folder, since, maxBytes }: StoreThreadData,
  onDamage: (damage: Damage) => void,
): Store {
  const files = filesOf(folder)
  const path = files.database
  makeFolder(files)
  const lock = lockFolder(files, since)
  let database: Database
  try {
    finishSalvage(files)
    if (existsSync(files.damaged)) {
      throw new TickcastError('store_damaged', `${path}: was found damaged when it was last used`)
    }
    checkLog(files, since, onDamage)
    const isNew = !existsSync(path)
    database = openDatabase(path)
    prepare(database, path, maxBytes)
    // So that what is cut off or damaged in the log now is not there to be found again.
    takeInLog(database)
    if (isNew) syncFolder(folder)
  } catch (error) {
    lock.release()
    throw error
  }
  const noteDamage = (error: unknown): void => {
    if (!isDamage(error)) return
    try {
      writeFileSync(files.damaged, '')
    } catch {
      return // the next start finds it once more, later
    }
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
        noteDamage(error)
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
      readCheckpoints(database, station, (position, damage, error) => {
        noteDamage(error)
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
      try {
        takeInLog(database)
      } finally {
        database.close()
        lock.release()
      }
      return undefined
    },
  }
  return {
    path,
    answer<K extends RequestKind>(ask: Ask<K>) {
      try {
        return answers[ask.kind as K](ask)
      } catch (error) {
        noteDamage(error)
        throw error
      }
    },
  }
}

/** What is in the log goes into the file, unless somebody reads it just now: nobody is waited for. */
function takeInLog(database: Database): void {
  database.all('PRAGMA busy_timeout = 0')
  database.all('PRAGMA wal_checkpoint(TRUNCATE)')
  database.all(`PRAGMA busy_timeout = ${BUSY_MS}`)
}

/** Writes what can be read of a damaged file to a new one, which takes its place when the store is next opened. */
export function salvageStore({ folder, since }: StoreThreadData, onDamage: (damage: Damage) => void): void {
  const files = filesOf(folder)
  const lock = lockFolder(files, since)
  try {
    salvage(files, since, onDamage)
  } finally {
    lock.release()
  }
}

/** The database of a folder. */
export function databasePath(folder: string): string {
  return filesOf(folder).database
}

function checkLog(files: Files, now: Instant, onDamage: (damage: Damage) => void): void {
  const damage = damageOfLog(files)
  if (damage === undefined) return
  onDamage({ station: undefined, message: `${damage}; the file with its log is in ${setAside(files, now)}` })
}

/** Before SQLite sees them: of a file that it may only read it takes no lock, and says so at the first write alone. */
function makeFolder({ folder, database, log, lock }: Files): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    for (const path of [database, log, lock]) {
      if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK)
    }
  } catch (cause) {
    const message = `${folder}: stations cannot be kept here: ${errorMessage(cause)}`
    throw new TickcastError('store_unwritable', message, { cause })
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
