import { TickcastError } from '../src/domain/errors.ts'
import { jena } from '../src/ingest/jena.ts'
import { loadStation } from '../src/ingest/station-file.ts'
import { openFileTape } from './file-tape.ts'
import { simulatedTape } from './simulated-station.ts'
import type { Tape } from './tape.ts'

export interface TapeOptions {
  /** A file of rows, plain, .gz or .zip; without one the simulated station plays. */
  readonly data?: string
  /** A station file that says how to read it; without one it is Jena's. */
  readonly station?: string
  /** Of the simulated station. Default 1. */
  readonly seed?: number
}

/** The tape that was asked for; a TickcastError where it cannot be had. */
export async function openTape({ data, station, seed = 1 }: TapeOptions): Promise<Tape> {
  if (data !== undefined) {
    if (station === undefined)
      return openFileTape(data, { station: jena, hint: 'describe another station with --station FILE' })
    const hint = `is ${station} the station file for it?`
    return openFileTape(data, { station: await loadStation(station), hint })
  }
  if (station !== undefined)
    throw new TickcastError('usage', `--station ${station} describes a file: say which one with --data FILE`)
  return simulatedTape({ seed })
}
