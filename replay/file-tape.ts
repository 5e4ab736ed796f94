import { open } from 'node:fs/promises'
import { TickcastError } from '../src/domain/errors.ts'
import { formatInstant, formatSpan, type Instant, type Span } from '../src/domain/instant.ts'
import type { Station } from '../src/domain/station.ts'
import { type CsvTable, openCsv } from '../src/ingest/csv.ts'
import type { RawRow } from '../src/ingest/raw-row.ts'
import { type Archive, openArchive } from './archive.ts'
import { inferredCadence } from './cadence.ts'
import { withoutOutliers } from './outlier-stamps.ts'
import type { Tape } from './tape.ts'

export interface FileTapeOptions {
  readonly station: Station
  /** What a person may do about a file that does not fit the station. */
  readonly hint?: string
}

/** Stamps looked at, for the cadence and at either end; and rows that may lack one before the file is the wrong one. */
const ENOUGH_STAMPS = 64
const ENOUGH_ROWS = 1000
const TAIL_BYTES = 64 * 1024
/**
 * A packed file up to this size is unpacked once at the start, some seconds at most, to find its end and to check it.
 */
const LARGEST_UNPACKED_FOR_ITS_END = 64 * 1024 * 1024

/** A station's file, plain or packed, as a tape. Memory does not grow with its length. */
export async function openFileTape(
  path: string,
  { station: declared, hint }: FileTapeOptions,
): Promise<Tape> {
  const archive = await openArchive(path)
  const openTable = () =>
    openCsv(archive.bytes(), { name: archive.name, station: declared, ...(hint !== undefined && { hint }) })

  const table = await openTable()
  const { columns } = table
  const stamps = await firstStamps(table, path)
  const inferred = inferredCadence(stamps)
  const cadence = inferred ?? declared.cadence
  const notes = [...columns.notes]
  if (cadence !== declared.cadence)
    notes.push(
      `a row every ${formatSpan(cadence)}, as the file has it, where the station says ${formatSpan(declared.cadence)}`,
    )
  const first = Math.min(...withoutOutliers(stamps, cadence))
  const last = await lastStamp({ path, archive, table, cadence })
  if (last !== null && last < first) {
    throw new TickcastError(
      'bad_file',
      `${path}: it begins at ${formatInstant(first)} and ends at ${formatInstant(last)}; expected the oldest row first`,
    )
  }
  return {
    station: { ...columns.station, cadence },
    source: columns.station.simulated ? 'simulated' : 'replay',
    name: archive.name,
    first,
    last,
    notes,
    async *rows(options = {}) {
      yield* (await openTable()).rows(options)
    },
  }
}

/** At least one. */
async function firstStamps(table: CsvTable, path: string): Promise<readonly Instant[]> {
  const stamps: Instant[] = []
  let rows = 0
  let unreadable: RawRow | undefined
  reading: for await (const batch of table.rows()) {
    for (const row of batch) {
      rows++
      if (row.eventTime === undefined) unreadable ??= row
      else stamps.push(row.eventTime)
      if (stamps.length === ENOUGH_STAMPS || rows === ENOUGH_ROWS) break reading
    }
  }
  if (stamps.length > 0) return stamps
  if (!unreadable?.malformed)
    throw new TickcastError('bad_file', `${path}: a header and no rows; expected both`)
  const { field, value, rule } = unreadable.malformed
  throw new TickcastError('bad_file', `${unreadable.place}: ${field} is '${value}'; expected ${rule}`)
}

/** Of the last lines that have a time the latest, outliers left out. */
async function lastStamp({
  path,
  archive,
  table,
  cadence,
}: {
  readonly path: string
  readonly archive: Archive
  readonly table: CsvTable
  readonly cadence: Span
}): Promise<Instant | null> {
  if (archive.packing !== 'none' && archive.size > LARGEST_UNPACKED_FOR_ITS_END) return null
  const tail =
    archive.packing === 'none' ? await tailOfFile(path, archive.size) : await tailOf(archive.bytes())
  const stamps: Instant[] = []
  // Stamps are ASCII whatever the rest is; and the first line may be the end of one.
  const lines = tail.toString('latin1').split('\n').slice(1)
  for (const line of lines.reverse()) {
    const stamp = table.stampOf(line)
    if (stamp !== undefined) stamps.push(stamp)
    if (stamps.length === ENOUGH_STAMPS) break
  }
  return stamps.length === 0 ? null : Math.max(...withoutOutliers(stamps, cadence))
}

async function tailOfFile(path: string, size: number): Promise<Buffer> {
  const file = await open(path)
  try {
    const length = Math.min(size, TAIL_BYTES)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

async function tailOf(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  let tail = Buffer.alloc(0)
  for await (const chunk of bytes) tail = Buffer.concat([tail, chunk]).subarray(-TAIL_BYTES)
  return tail
}
