import { breather, REQUEST_SLICE_MS } from '../domain/breather.ts'
import type { Instant } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { type JsonRowReader, jsonRowReader } from '../ingest/json-rows.ts'
import { type Precision, readLines } from '../ingest/line-protocol.ts'
import { labelsOf, lineTick, stationNamed } from '../ingest/line-ticks.ts'
import type { RawRow } from '../ingest/raw-row.ts'
import { Problem, problem } from './problem.ts'
import type { TickIntake } from './tick-intake.ts'

/** A line that was not taken, and why. */
export interface LineFault {
  readonly line: number
  readonly why: string
}

/** The rows of one station, and the line of each. */
export interface StationLines {
  readonly station: Station
  readonly rows: RawRow[]
  readonly lines: number[]
}

export interface LineBody {
  readonly stations: readonly StationLines[]
  readonly faults: readonly LineFault[]
  /** Fields that no channel is read from. */
  readonly ignored: readonly string[]
  /** Lines that hold something. */
  readonly count: number
}

interface Options {
  readonly intake: TickIntake
  readonly precision: Precision
  readonly now: Instant
  readonly most: number
}

interface Reading extends StationLines {
  readonly reader: JsonRowReader
}

/**
 * The rows of a body in line protocol, by station. A station that takes none for now is a problem, before any row of
 * another is taken; one that takes none at all costs its lines.
 */
export async function readLineBody(
  text: string,
  { intake, precision, now, most }: Options,
): Promise<LineBody> {
  const byName = new Map<string, Reading | string>()
  const faults: LineFault[] = []
  const labels = new Set<string>()
  const breath = breather(REQUEST_SLICE_MS)
  let count = 0
  for (const read of readLines(text)) {
    if (++count > most) throw tooMany(most)
    if (breath.isDue) await breath.pause()
    const { line } = read
    if ('rule' in read) {
      faults.push({ line, why: `unable to parse '${read.begin}': ${read.rule}` })
      continue
    }
    const name = stationNamed(read.point)
    const found = byName.get(name) ?? begun(name, { intake, now, byName })
    byName.set(name, found)
    if (typeof found === 'string') {
      faults.push({ line, why: found })
      continue
    }
    for (const label of labelsOf(read.point)) labels.add(label)
    const row = found.reader.read(lineTick(read.point, precision), `line ${line}`)
    if (row === undefined) continue
    found.rows.push(row)
    found.lines.push(line)
  }
  const stations = new Set([...byName.values()].filter((found) => typeof found !== 'string'))
  const ignored = new Set([...stations].flatMap(({ reader }) => [...reader.ignored]))
  return {
    ...{ stations: [...stations], faults, count },
    ignored: [...ignored].filter((key) => !labels.has(key)),
  }
}

/** What a name stands for: its station, the same for each of its names, or why it takes nothing. */
function begun(
  name: string,
  {
    intake,
    now,
    byName,
  }: Pick<Options, 'intake' | 'now'> & { readonly byName: ReadonlyMap<string, Reading | string> },
): Reading | string {
  try {
    const station = intake.stationKnownAs(name)
    for (const known of byName.values())
      if (typeof known !== 'string' && known.station.id === station.id) return known
    return { station, reader: jsonRowReader({ station, now: () => now }), rows: [], lines: [] }
  } catch (error) {
    if (!(error instanceof Problem) || error.error.temporary) throw error
    return error.message
  }
}

function tooMany(most: number) {
  return problem(
    'too_large',
    `more than ${most} lines in one body, of which none was taken: send them in batches of at most ${most}`,
  )
}
