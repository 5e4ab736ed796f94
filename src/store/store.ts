import { accessSync, constants, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import type { Instant } from '../domain/instant.ts'
import type { Damage } from '../domain/state-store.ts'
import { prune, readCheckpoints, writeCheckpoint } from './checkpoint-table.ts'
import { BUSY_MS, type Database, openDatabase } from './database.ts'
import { failureOf, isDamage } from './failure.ts'
import { type Files, filesOf, setAside, syncFolder } from './files.ts'
import { lockFolder } from './folder-lock.ts'
import { appendTicks, readJournal } from './journal-table.ts'
import { damageOfLog } from './log-check.ts'
import type { Ask, RequestKind, Requests, StoreThreadData } from './messages.ts'
import { letGoOfPiece, RECORD_TABLES, readRecords, writeRecords } from './record-tables.ts'
import { finishSalvage, salvage } from './salvage.ts'
import { migrate } from './schema.ts'
import { forgetStation, writeStation } from './station-rows.ts'
import { TAPE_TABLES, tapeTables } from './tape-tables.ts'

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
  { folder, since, maxBytes, tapeBytes }: StoreThreadData,
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
    if (!isNew && statSync(path).size === 0) {
      const message = `${path} is empty: whatever was kept there is gone, and all begins from nothing`
      onDamage({ station: undefined, message })
    }
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
  const opened = statSync(path).ino
  /** A file that was removed takes on whatever is written to it, until it is closed: nobody would have it back. */
  const checkThere = (): void => {
    if (statSync(path, { throwIfNoEntry: false })?.ino === opened) return
    const message = `${path}: was removed or replaced while it was in use, and keeps nothing any more: start again`
    throw new TickcastError('store_unwritable', message)
  }
  /** Checkpoints that were found damaged: `STATION\nPOSITION`. */
  const damaged = new Set<string>()
  const tapes = tapeTables(database, tapeBytes, (damage, error) => {
    noteDamage(error)
    onDamage(damage)
  })

  const answers: { [K in RequestKind]: (ask: Ask<K>) => Requests[K]['answer'] } = {
    append({ ticks }) {
      checkThere()
      return appendTicks(database, ticks)
    },
    journal: ({ station, after }) => readJournal(database, station, after),
    checkpoint({ station, checkpoint }) {
      checkThere()
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
    letGo: ({ station, range }) => database.transaction(() => letGoOfPiece(database, station, range)),
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
    keepTape({ station, message }) {
      tapes.write(station, message)
      return undefined
    },
    tape: ({ station }) => tapes.read(station),
    keepTapeState({ station, state }) {
      tapes.writeState(station, state)
      return undefined
    },
    tapeStates: ({ station }) => tapes.states(station),
    tapeState: ({ station, row }) => tapes.readState(station, row),
    forgetTapeStates({ station, after }) {
      tapes.forgetStates(station, after)
      return undefined
    },
    remove({ station }) {
      database.transaction(() => {
        for (const table of ['journal', 'checkpoints', ...TAPE_TABLES, ...Object.values(RECORD_TABLES)])
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
    makeWithParents(folder)
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    for (const path of [database, log, lock]) {
      if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK)
    }
  } catch (cause) {
    const message = `${folder}: stations cannot be kept here: ${errorMessage(cause)}`
    throw new TickcastError('store_unwritable', message, { cause })
  }
}

/** One after the other: all at once Node tries for ever where none can be made, as in /proc. */
function makeWithParents(folder: string): void {
  const missing: string[] = []
  for (let at = resolve(folder); !existsSync(at); at = dirname(at)) missing.unshift(at)
  for (const each of missing) mkdirSync(each, { mode: 0o700 })
  if (!statSync(folder).isDirectory()) throw new Error('it is no folder')
}

function prepare(database: Database, path: string, maxBytes: number | undefined): void {
  migrate(database, path)
  database.all('PRAGMA journal_mode = WAL')
  database.all(`PRAGMA journal_size_limit = ${LOG_BYTES}`)
  // What is acknowledged is on the disk itself, not on its way there; on macOS that has to be asked for.
  database.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON')
  if (maxBytes !== undefined) database.all(`PRAGMA max_page_count = ${Math.floor(maxBytes / PAGE)}`)
}
