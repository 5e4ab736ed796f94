import { createHash } from 'node:crypto'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import type { Instant } from '../domain/instant.ts'
import type { Damage, ReadTapeState, TapeStates } from '../domain/state-store.ts'
import { superfluous } from '../domain/tape-thinning.ts'
import { asBytes, bytesOf, type Database, textOf } from './database.ts'
import type { WrittenTapeState } from './messages.ts'

export const TAPE_TABLES = ['tapes', 'tape_states', 'tape_samples'] as const

/** What is kept of the tapes that are replayed, a station's each. */
export interface TapeTables {
  write(station: string, message: string): void
  read(station: string): string | undefined
  /** In one transaction with the states that are let go for it. */
  writeState(station: string, state: WrittenTapeState): void
  states(station: string): TapeStates
  /** Verified, with all its samples; undefined where it is not there, or damaged and so forgotten. */
  readState(station: string, row: number): ReadTapeState | undefined
  /** States and samples of later rows. */
  forgetStates(station: string, after: number): void
}

/** `budget`: of the states and samples of one station, in bytes. */
export function tapeTables(
  database: Database,
  budget: number,
  onDamage: (damage: Damage, error: unknown) => void,
): TapeTables {
  /** Damaged states that could not even be deleted, and so are not to be offered: `STATION\nROW`. */
  const lost = new Set<string>()

  const discard = (station: string, rows: readonly number[], deletion: () => void): void => {
    try {
      database.transaction(deletion)
    } catch (error) {
      for (const row of rows) lost.add(`${station}\n${row}`)
      const message = `what is damaged of the tape of ${station} stays in the file: ${errorMessage(error)}`
      onDamage({ station, message }, error)
    }
  }

  return {
    write(station, message) {
      database.run('INSERT OR REPLACE INTO tapes(station, message) VALUES (?, ?)', station, message)
    },
    read(station) {
      const row = database.first(
        `SELECT ${asBytes('message')} AS message FROM tapes WHERE station = ?`,
        station,
      )
      return row && (textOf(row['message']) ?? '')
    },
    writeState(station, state) {
      database.transaction(() => {
        insertSamples(database, station, state)
        makeRoom(database, station, state, budget)
        insertState(database, station, state)
      })
      lost.delete(`${station}\n${state.row}`)
    },
    states: (station) => ({
      states: stateRows(database, station).filter(({ row }) => !lost.has(`${station}\n${row}`)),
      samplesTo: samplesTo(database, station) ?? undefined,
    }),
    readState(station, row) {
      const rows = rowsOf(database, 'tape_states', station)
      if (lost.has(`${station}\n${row}`) || !rows.includes(row)) return undefined
      const samples: Uint8Array[] = []
      let reach: Instant | null = null
      for (const at of rowsOf(database, 'tape_samples', station)) {
        if (at > row) break
        try {
          const read = readSamples(database, station, at, reach)
          samples.push(read.samples)
          reach = Math.max(reach ?? read.samplesTo, read.samplesTo)
        } catch (error) {
          const what = `the samples of the tape of ${station} behind row ${at}`
          const message = `${what} are damaged, and no state from there on can be used: ${errorMessage(error)}`
          onDamage({ station, message }, error)
          const useless = rows.filter((other) => other >= at)
          discard(station, useless, () => forget(database, station, at))
          return undefined
        }
      }
      try {
        return { state: readState(database, station, row, reach), samples }
      } catch (error) {
        const what = `the state of the tape of ${station} behind row ${row}`
        onDamage({ station, message: `${what} is damaged: ${errorMessage(error)}` }, error)
        discard(station, [row], () => deleteState(database, station, row))
        return undefined
      }
    },
    forgetStates: (station, after) => database.transaction(() => forget(database, station, after + 1)),
  }
}

/** In the place of those behind the same row; where there are no new ones, those stay. */
function insertSamples(database: Database, station: string, state: WrittenTapeState): void {
  const { row, samplesTo: to, samples } = state
  if (samples === undefined) return
  const from = samplesTo(database, station, row - 1)
  database.run(
    `INSERT OR REPLACE INTO tape_samples(station, row, samples_from, samples_to, checksum, samples)
     VALUES (?, ?, ?, ?, ?, ?)`,
    station,
    row,
    from,
    to,
    checksum([station, row, from, to], samples),
    samples,
  )
}

function insertState(database: Database, station: string, written: WrittenTapeState): void {
  const { row, eventTime, writtenAt, state } = written
  const reach = samplesTo(database, station, row)
  database.run(
    `INSERT OR REPLACE INTO tape_states(station, row, event_time, written_at, samples_to, checksum, state)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    station,
    row,
    eventTime,
    writtenAt,
    reach,
    checksum([station, row, eventTime, writtenAt, reach], state),
    state,
  )
}

/** Ahead of the state, whose bytes then go where those of the others were: the file does not grow beyond. */
function makeRoom(
  database: Database,
  station: string,
  { row: written, eventTime, state }: WrittenTapeState,
  budget: number,
): void {
  const others = stateRows(database, station).filter(({ row }) => row !== written)
  const states = [...others, { row: written, eventTime, bytes: state.length, samplesTo: undefined }]
  const samples = database.first(
    'SELECT SUM(length(samples)) AS bytes FROM tape_samples WHERE station = ?',
    station,
  )
  const bytes = budget - Number(samples?.['bytes'] ?? 0)
  for (const { row } of superfluous(
    states.toSorted((one, other) => one.row - other.row),
    { written, bytes },
  )) {
    deleteState(database, station, row)
  }
}

function stateRows(database: Database, station: string): TapeStates['states'] {
  return database
    .all(
      `SELECT row, event_time AS eventTime, length(state) AS bytes, samples_to AS samplesTo FROM tape_states
       WHERE station = ? ORDER BY row`,
      station,
    )
    .map(({ row, eventTime, bytes, samplesTo }) => ({
      row: Number(row),
      eventTime: Number(eventTime),
      bytes: Number(bytes),
      samplesTo: samplesTo === null ? undefined : Number(samplesTo),
    }))
}

/** Up to which issue time there are samples of rows up to one; null where there are none. */
function samplesTo(database: Database, station: string, row = Number.MAX_SAFE_INTEGER): Instant | null {
  const newest = database.first(
    'SELECT MAX(samples_to) AS newest FROM tape_samples WHERE station = ? AND row <= ?',
    station,
    row,
  )?.['newest']
  return newest == null ? null : Number(newest)
}

/** By the index alone, so that a damaged row does not hide the others. */
function rowsOf(
  database: Database,
  table: 'tape_states' | 'tape_samples',
  station: string,
): readonly number[] {
  return database
    .all(`SELECT row FROM ${table} WHERE station = ? ORDER BY row`, station)
    .map(({ row }) => Number(row))
}

/** `reach`: up to where the samples before them go. Where those began further on, some between are missing. */
function readSamples(
  database: Database,
  station: string,
  row: number,
  reach: Instant | null,
): { readonly samples: Uint8Array; readonly samplesTo: Instant } {
  const found = database.first(
    `SELECT samples_from, samples_to, ${asBytes('checksum')} AS checksum, samples FROM tape_samples
     WHERE station = ? AND row = ?`,
    station,
    row,
  )
  const samples = bytesOf(found?.['samples'])
  if (samples === undefined) throw new TickcastError('store_damaged', 'they are no bytes')
  const from = timeOf(found?.['samples_from'])
  const to = Number(found?.['samples_to'])
  if (checksum([station, row, from, to], samples) !== textOf(found?.['checksum'])) {
    throw new TickcastError('store_damaged', 'their checksum is another')
  }
  if (isBeyond(from, reach)) throw new TickcastError('store_damaged', 'some before them are missing')
  return { samples, samplesTo: to }
}

function readState(database: Database, station: string, row: number, reach: Instant | null): Uint8Array {
  const found = database.first(
    `SELECT event_time, written_at, samples_to, ${asBytes('checksum')} AS checksum, state FROM tape_states
     WHERE station = ? AND row = ?`,
    station,
    row,
  )
  const state = bytesOf(found?.['state'])
  if (state === undefined) throw new TickcastError('store_damaged', 'it is no bytes')
  const to = timeOf(found?.['samples_to'])
  const fields = [station, row, Number(found?.['event_time']), Number(found?.['written_at']), to]
  if (checksum(fields, state) !== textOf(found?.['checksum'])) {
    throw new TickcastError('store_damaged', 'its checksum is another')
  }
  if (isBeyond(to, reach)) throw new TickcastError('store_damaged', 'some of its samples are missing')
  return state
}

function deleteState(database: Database, station: string, row: number): void {
  database.run('DELETE FROM tape_states WHERE station = ? AND row = ?', station, row)
}

/** States and samples from a row on. */
function forget(database: Database, station: string, from: number): void {
  database.run('DELETE FROM tape_states WHERE station = ? AND row >= ?', station, from)
  database.run('DELETE FROM tape_samples WHERE station = ? AND row >= ?', station, from)
}

function timeOf(value: unknown): Instant | null {
  return value == null ? null : Number(value)
}

function isBeyond(time: Instant | null, reach: Instant | null): boolean {
  return time !== null && (reach === null || time > reach)
}

/** SHA-256 over a row's other columns and its bytes. */
function checksum(fields: readonly (string | number | null)[], bytes: Uint8Array): string {
  return createHash('sha256')
    .update(`${fields.join('\n')}\n`)
    .update(bytes)
    .digest('hex')
}
