import { formatInstant, formatSpan, type Instant, type Span } from '../src/domain/instant.ts'
import type { Station } from '../src/domain/station.ts'
import { badFile, shown } from '../src/ingest/bad-file.ts'
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
 * A packed file is unpacked once at the start, some seconds at most, to find its end and to check it; one larger than
 * this, packed or unpacked, is not.
 */
const LARGEST_PACKED_FOR_ITS_END = 64 * 1024 * 1024
const LARGEST_UNPACKED_FOR_ITS_END = 512 * 1024 * 1024

/** A station's file, plain or packed, as a tape. Memory does not grow with its length. */
export async function openFileTape(
  path: string,
  { station: declared, hint }: FileTapeOptions,
): Promise<Tape> {
  const archive = await openArchive(path)
  const openTable = () =>
    openCsv(archive.bytes(), {
      name: archive.name,
      station: declared,
      whole: true,
      ...(hint !== undefined && { hint }),
    })

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
  const last = await lastStamp({ archive, table, cadence })
  if (last !== null && last < first) {
    throw badFile(
      path,
      `it begins at ${formatInstant(first)} and ends at ${formatInstant(last)}; expected the oldest row first`,
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
  if (!unreadable?.malformed) throw badFile(path, 'a header and no rows; expected both')
  const { field, value, rule } = unreadable.malformed
  throw badFile(unreadable.place, `${field} is '${shown(String(value))}'; expected ${rule}`)
}

/** Of the last lines that have a time the latest, outliers left out; null where the end is too far to look for. */
async function lastStamp({
  archive,
  table,
  cadence,
}: {
  readonly archive: Archive
  readonly table: CsvTable
  readonly cadence: Span
}): Promise<Instant | null> {
  const { packing, file } = archive
  if (packing !== 'none' && file.size > LARGEST_PACKED_FOR_ITS_END) return null
  const start = Math.max(0, file.size - TAIL_BYTES)
  const tail = await tailOf(packing === 'none' ? file.bytes({ start }) : archive.bytes())
  if (tail === undefined) return null
  const stamps: Instant[] = []
  // Stamps are ASCII whatever the rest is; and the first line may be the end of one.
  const lines = tail.toString('latin1').split('\n').slice(1).reverse()
  const torn = table.torn(lines[0] ?? '')
  if (torn !== undefined) throw badFile(file.path, torn)
  for (const line of lines) {
    const stamp = table.stampOf(line)
    if (stamp !== undefined) stamps.push(stamp)
    if (stamps.length === ENOUGH_STAMPS) break
  }
  return stamps.length === 0 ? null : Math.max(...withoutOutliers(stamps, cadence))
}

/** Undefined where the end is too far. */
async function tailOf(bytes: AsyncIterable<Uint8Array>): Promise<Buffer | undefined> {
  let tail = Buffer.alloc(0)
  let unpacked = 0
  for await (const chunk of bytes) {
    unpacked += chunk.length
    if (unpacked > LARGEST_UNPACKED_FOR_ITS_END) return undefined
    tail = Buffer.concat([tail, chunk]).subarray(-TAIL_BYTES)
  }
  return tail
}
