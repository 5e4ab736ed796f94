import { createHash } from 'node:crypto'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import type { Damage, KeptCheckpoint } from '../domain/state-store.ts'
import { asBytes, bytesOf, type Database, textOf } from './database.ts'
import type { WrittenCheckpoint } from './messages.ts'
import { writeRecords } from './record-tables.ts'

/** Of a row's layout and how its checksum is worked out. */
const VERSION = 1

/** State, position and records in one transaction. What it makes superfluous is let go by `prune`. */
export function writeCheckpoint(
  database: Database,
  station: string,
  { position, eventTime, writtenAt, state, records }: WrittenCheckpoint,
): void {
  database.transaction(() => {
    // One further on was not used, or the station would not stand here: it went on from an earlier one.
    database.run('DELETE FROM checkpoints WHERE station = ? AND position > ?', station, position)
    database.run(
      `INSERT OR REPLACE INTO checkpoints(station, position, event_time, written_at, version, checksum, state)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      station,
      position,
      eventTime ?? null,
      writtenAt,
      VERSION,
      checksum(station, position, writtenAt, state),
      state,
    )
    writeRecords(database, station, records)
  })
}

/** Keeps a station's newest two checkpoints, not counting damaged ones, and the journal behind the older of them. */
export function prune(database: Database, station: string, isDamaged: (position: number) => boolean): void {
  database.transaction(() => {
    const [, older] = positions(database, station).filter((position) => !isDamaged(position))
    if (older === undefined) return
    database.run('DELETE FROM checkpoints WHERE station = ? AND position < ?', station, older)
    database.run('DELETE FROM journal WHERE station = ? AND position <= ?', station, older)
  })
}

/** Newest first, those whose bytes are what was written. */
export function readCheckpoints(
  database: Database,
  station: string,
  onDamage: (position: number, damage: Damage, error: unknown) => void,
): readonly KeptCheckpoint[] {
  return positions(database, station).flatMap((position) => {
    try {
      return [readCheckpoint(database, station, position)]
    } catch (error) {
      const message = `the checkpoint of ${station} at position ${position} is damaged: ${errorMessage(error)}`
      onDamage(position, { station, message }, error)
      return []
    }
  })
}

function readCheckpoint(database: Database, station: string, position: number): KeptCheckpoint {
  const row = database.first(
    `SELECT written_at, version, ${asBytes('checksum')} AS checksum, state FROM checkpoints
     WHERE station = ? AND position = ?`,
    station,
    position,
  )
  const state = bytesOf(row?.['state'])
  const writtenAt = Number(row?.['written_at'])
  if (state === undefined) throw new TickcastError('store_damaged', 'its state is no bytes')
  if (row?.['version'] !== VERSION) {
    throw new TickcastError('store_damaged', `it is of version ${row?.['version']}, not ${VERSION}`)
  }
  if (checksum(station, position, writtenAt, state) !== textOf(row['checksum'])) {
    throw new TickcastError('store_damaged', 'its checksum is another')
  }
  return { position, writtenAt, state }
}

/** Newest first. By the index alone, so that one damaged row does not hide the others. */
function positions(database: Database, station: string): readonly number[] {
  return database
    .all('SELECT position FROM checkpoints WHERE station = ? ORDER BY position DESC', station)
    .map((row) => Number(row['position']))
}

function checksum(station: string, position: number, writtenAt: number, state: Uint8Array): string {
  return createHash('sha256').update(`${station}\n${position}\n${writtenAt}\n`).update(state).digest('hex')
}
