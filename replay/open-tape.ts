import { TickcastError } from '../src/domain/errors.ts'
import { type Place, withOpenMeteo } from '../src/ingest/asked-issuer.ts'
import { jena } from '../src/ingest/jena.ts'
import { loadStation } from '../src/ingest/station-file.ts'
import { type FileTapeOptions, openFileTape } from './file-tape.ts'
import { joinedTape } from './joined-tape.ts'
import { silentOf, withNeighbours } from './neighbour-tape.ts'
import { silentIssuers, withOutside } from './outside-tape.ts'
import { simulatedTape } from './simulated-station.ts'
import type { Tape } from './tape.ts'

export interface TapeOptions {
  /** A file of rows, plain, .gz or .zip, or several that make up one history; without one the simulated station plays. */
  readonly data?: string | readonly string[]
  /** A station file that says how to read it; without one it is Jena's. */
  readonly station?: string
  /** A table of what others have forecast of the station, as its station file describes, or several. */
  readonly outside?: string | readonly string[]
  /** Where Open-Meteo is one of its issuers for. */
  readonly openMeteo?: Place
  /** Station files of its neighbours with their readings, `STATION:FILE` each. */
  readonly neighbour?: readonly string[]
  /** Of the simulated station. Default 1. */
  readonly seed?: number
  /** Told of what is met while rows are read, a sentence each. */
  readonly onNote?: (note: string) => void
}

/** The tape that was asked for; a TickcastError where it cannot be had. */
export async function openTape({
  data,
  station,
  outside,
  openMeteo,
  neighbour = [],
  seed = 1,
  onNote,
}: TapeOptions): Promise<Tape> {
  if (data === undefined) {
    if (station !== undefined)
      throw new TickcastError(
        'usage',
        `--station ${station} describes a file: say which one with --data FILE`,
      )
    return simulatedTape({ seed })
  }
  const notes: string[] = []
  const options: FileTapeOptions =
    station === undefined
      ? { station: withOpenMeteo(jena, openMeteo), hint: 'describe another station with --station FILE' }
      : {
          station: withOpenMeteo(
            await loadStation(station, { onNote: (note) => void notes.push(note) }),
            openMeteo,
          ),
          hint: `is ${station} the station file for it?`,
          isCadenceSaid: true,
        }
  const paths = [data].flat()
  const tapes: Tape[] = []
  for (const path of paths) tapes.push(await openFileTape(path, { ...options, ...(onNote && { onNote }) }))
  const tape = joinedTape(tapes)
  const foretold = outside === undefined ? tape : await withOutside(tape, [outside].flat())
  const whole = neighbour.length > 0 ? await withNeighbours(foretold, neighbour) : foretold
  const silent = [
    ...(outside === undefined ? silentIssuers(tape.station) : []),
    ...(neighbour.length > 0 ? [] : silentOf(tape.station.neighbours, [])),
  ]
  return { ...whole, notes: [...notes, ...whole.notes, ...silent] }
}
