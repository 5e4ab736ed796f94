import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { openTape } from '../../replay/open-tape.ts'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import { formatInstant } from '../domain/instant.ts'
import type { Reading } from '../domain/reading.ts'
import type { Station } from '../domain/station.ts'
import { type CheckFigures, countRow, emptyFigures } from './check-figures.ts'
import { countSensors, emptySensors, sensorLines } from './check-sensors.ts'
import { checkLines, faultLine } from './check-text.ts'
import { draftStation } from './draft-station.ts'
import { draftTable } from './draft-table.ts'
import { readRows } from './read-rows.ts'

export interface CheckFlags {
  readonly data?: readonly string[]
  readonly station?: string
  readonly readings?: boolean
  readonly draft?: string
}

/**
 * Shows what would be read of a file, as every other command reads it; without readings it fails and says why. Without a
 * station file one is drafted: to `draft` where that is given, else to standard output, and the rest beside it.
 */
export async function check({ data, station, readings = false, draft }: CheckFlags): Promise<void> {
  const [first] = data ?? []
  if (data === undefined || first === undefined)
    throw new TickcastError('usage', '--data FILE: the file that is to be checked')
  if (station !== undefined) {
    if (draft !== undefined)
      throw new TickcastError('usage', '--draft writes a station file, and --station names one: one of them')
    return checkWith({ data, station, readings, tell: readings ? process.stderr : process.stdout })
  }
  if (readings)
    throw new TickcastError('usage', '--readings needs --station FILE: a draft is to be gone over first')
  const drafted = draftStation(await draftTable(first), stationId(first))
  const tell = draft === undefined ? process.stderr : process.stdout
  const folder = await mkdtemp(join(tmpdir(), 'tickcast-draft-'))
  try {
    // Read through the draft as it would be through the file that comes of it.
    const path = join(folder, 'draft.yaml')
    await writeFile(path, drafted.text)
    await checkWith({ data, station: path, readings: false, tell }).catch((error: unknown) => {
      if (!(error instanceof TickcastError)) throw error
      tell.write(`with the draft as it is: ${error.message.replaceAll(path, 'the draft')}\n`)
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  if (draft === undefined) process.stdout.write(drafted.text)
  else await writeDraft(draft, drafted.text)
  for (const question of drafted.questions) tell.write(`to be settled: ${question}\n`)
  if (draft !== undefined)
    tell.write(
      `a station file is drafted in ${draft}: go over it, then tickcast check --data ${first} --station ${draft}\n`,
    )
}

async function writeDraft(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' })
  } catch (cause) {
    const why =
      cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
        ? 'it is there already, and a draft does not replace it'
        : errorMessage(cause)
    throw new TickcastError('bad_file', `${path}: ${why}`, { cause })
  }
}

/** A file's name as the id of a station. */
function stationId(path: string): string {
  const name = basename(path)
    .toLowerCase()
    .split('.')[0]!
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-_]+|[-_]+$/g, '')
  return name.slice(0, 64) || 'station'
}

async function checkWith({
  data,
  station,
  readings,
  tell,
}: {
  readonly data: readonly string[]
  readonly station: string
  readonly readings: boolean
  readonly tell: NodeJS.WriteStream
}): Promise<void> {
  const notes = new Set<string>()
  const tape = await openTape({ data, station, onNote: (note) => void notes.add(note) })
  const figures = emptyFigures(tape.station)
  const sensors = emptySensors(tape.station)
  for await (const batch of readRows(tape)) {
    let lines = ''
    for (const row of batch) {
      countRow(figures, row, tape.station.cadence)
      if (row.kind === 'reading') countSensors(sensors, tape.station, row.reading)
      if (readings && row.kind === 'reading') lines += `${readingLine(tape.station, row.reading)}\n`
    }
    if (lines !== '') await written(lines)
  }
  const lines = checkLines(tape, figures, [...notes])
  const suspect = sensorLines(tape.station, sensors)
  if (suspect.length > 0) lines.push('', ...suspect)
  tell.write(`${lines.join('\n')}\n`)
  if (figures.readings === 0) throw nothingRead(tape.name, figures)
}

function nothingRead(name: string, { faults }: CheckFigures): TickcastError {
  const [first] = faults.values()
  const why = first ? `:${faultLine(first).replace(/^ +/, ' ')}` : ''
  return new TickcastError('bad_file', `${name}: no reading could be made of it${why}`)
}

/** One reading as JSON: `event_time` in UTC and `values` by channel, null where nothing was measured. */
function readingLine({ channels }: Station, { eventTime, values }: Reading): string {
  const cells = channels.map(({ name }, index) => {
    const value = values[index]!
    return [name, Number.isNaN(value) ? null : value]
  })
  return JSON.stringify({ event_time: formatInstant(eventTime), values: Object.fromEntries(cells) })
}

async function written(text: string): Promise<void> {
  if (!process.stdout.write(text))
    await new Promise<void>((resolve) => process.stdout.once('drain', () => resolve()))
}
