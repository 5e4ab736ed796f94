import { DAY, formatInstant, formatSpan, type Instant, type Span } from '../src/domain/instant.ts'
import type { Station } from '../src/domain/station.ts'
import { badFile, shown } from '../src/ingest/bad-file.ts'
import { openRows } from '../src/ingest/open-rows.ts'
import type { RawRow } from '../src/ingest/raw-row.ts'
import type { RowSource } from '../src/ingest/row-source.ts'
import { type Archive, openArchive } from './archive.ts'
import { inferredCadence } from './cadence.ts'
import { withoutOutliers } from './outlier-stamps.ts'
import { reversedLines } from './reversed-lines.ts'
import type { Tape } from './tape.ts'

export interface FileTapeOptions {
  readonly station: Station
  /** What a person may do about a file that does not fit the station. */
  readonly hint?: string
  /** True where a person has said how often there is a row: then it is so, whatever the file shows. */
  readonly isCadenceSaid?: boolean
  /** Told of what is met while rows are read, a sentence each. */
  readonly onNote?: (note: string) => void
}

/** Stamps looked at, for the cadence and at either end; and rows that may lack one before the file is the wrong one. */
const ENOUGH_STAMPS = 64
const ENOUGH_ROWS = 1000
const TAIL_BYTES = 64 * 1024
const LONG_AGO: Span = 365 * DAY
/** Of a year, with a day's room for zones. */
const FIRST_DAYS = 8
/**
 * A packed file is unpacked once at the start, some seconds at most, to find its end and to check it; one larger than
 * this, packed or unpacked, is not.
 */
const LARGEST_PACKED_FOR_ITS_END = 64 * 1024 * 1024
const LARGEST_UNPACKED_FOR_ITS_END = 512 * 1024 * 1024

/** A station's file, plain or packed, as a tape. Memory does not grow with its length. */
export async function openFileTape(
  path: string,
  { station: declared, hint, isCadenceSaid = false, onNote }: FileTapeOptions,
): Promise<Tape> {
  const archive = await openArchive(path)
  const openSource = () =>
    openRows(archive.bytes(), { name: archive.name, station: declared, whole: true, hint, onNote })

  const source = await openSource()
  const { station } = source
  const begin = await firstStamps(source, path)
  const end = await lastStamps({ archive, source })
  const { order } = declared.layout ?? {}
  const isReversed = order === 'newest_first' || (order === undefined && isNewestFirst(begin, end))
  if (isReversed && !end?.length)
    throw badFile(
      path,
      'its newest row comes first, and its end is too far to look for: unpack it, and name the unpacked file',
    )
  const [early, late] = isReversed ? [end?.toReversed() ?? [], begin.toReversed()] : [begin, end]
  const inferred = inferredCadence(early)
  const cadence = isCadenceSaid ? declared.cadence : (inferred ?? declared.cadence)
  const first = Math.min(...withoutOutliers(early, cadence))
  const last = late === undefined || late.length === 0 ? null : Math.max(...withoutOutliers(late, cadence))
  if (last !== null && last < first) {
    throw badFile(
      path,
      `it begins at ${formatInstant(first)} and ends at ${formatInstant(last)}; expected the oldest row first, or ` +
        'order: newest_first in the station file',
    )
  }
  const notes = [...source.notes, ...cadenceNotes({ declared, cadence, inferred, late: late ?? [] })]
  if (isReversed) notes.push('the newest row comes first: it is read from its end')
  return {
    station: { ...station, cadence },
    source: station.simulated ? 'simulated' : 'replay',
    name: archive.name,
    first,
    last,
    notes,
    async *rows(options = {}) {
      const again = await openSource()
      const { encoding } = declared.layout ?? {}
      const rows = isReversed
        ? again.rowsOf(reversedLines(archive, { from: again.rowsBegin, encoding }), options)
        : again.rows(options)
      try {
        for await (const batch of rows) yield batch.some(isUnset) ? batch.map(withUnsetClock) : batch
      } finally {
        if (isReversed) await again.close()
      }
    },
  }

  /** Years before the first row that others agree with, and in the first days of a year: clocks begin there, unset. */
  function isUnset({ eventTime, malformed }: RawRow): boolean {
    if (eventTime === undefined || eventTime > first - LONG_AGO || malformed !== undefined) return false
    const day = new Date(eventTime + DAY)
    return day.getUTCMonth() === 0 && day.getUTCDate() <= FIRST_DAYS
  }

  function withUnsetClock(row: RawRow): RawRow {
    if (!isUnset(row) || row.eventTime === undefined) return row
    const rule = `a time near those of the rows around it, which begin at ${formatInstant(first)}: was the clock set?`
    return {
      ...row,
      values: {},
      malformed: { field: declared.time.column, value: formatInstant(row.eventTime), rule },
    }
  }
}

/** At least one, in the order of the file. */
async function firstStamps(source: RowSource, path: string): Promise<readonly Instant[]> {
  const stamps: Instant[] = []
  let rows = 0
  let unreadable: RawRow | undefined
  reading: for await (const batch of source.rows()) {
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

/** Stamps of the last lines that have a time, in the order of the file; undefined where the end is too far to look for. */
async function lastStamps({
  archive,
  source,
}: {
  readonly archive: Archive
  readonly source: RowSource
}): Promise<readonly Instant[] | undefined> {
  const { packing, file } = archive
  if (packing !== 'none' && file.size > LARGEST_PACKED_FOR_ITS_END) return undefined
  const start = Math.max(0, file.size - TAIL_BYTES) & ~1
  const tail = await tailOf(packing === 'none' ? file.bytes({ start }) : archive.bytes())
  if (tail === undefined) return undefined
  const stamps: Instant[] = []
  // Stamps are ASCII whatever the rest is, and the zeros of UTF-16 go; and the first line may be the end of one.
  const text = tail.toString('latin1').replaceAll('\0', '')
  const lines = text
    .split('\n')
    .slice(tail.length < TAIL_BYTES - 1 ? 0 : 1)
    .map((line) => line.replace(/\r$/, ''))
    .reverse()
  const torn = source.torn(lines[0] ?? '')
  if (torn !== undefined) throw badFile(file.path, torn)
  for (const line of lines) {
    const stamp = source.stampOf(line)
    if (stamp !== undefined) stamps.push(stamp)
    if (stamps.length === ENOUGH_STAMPS) break
  }
  return stamps.reverse()
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

/** Most rows go back in time, and the last one is older than the first. */
function isNewestFirst(begin: readonly Instant[], end: readonly Instant[] | undefined): boolean {
  const last = end?.at(-1)
  if (last === undefined || last >= begin[0]!) return false
  const steps = begin.slice(1).map((instant, index) => Math.sign(instant - begin[index]!))
  const back = steps.filter((step) => step < 0).length
  return back * 2 > steps.filter((step) => step !== 0).length
}

function cadenceNotes({
  declared,
  cadence,
  inferred,
  late,
}: {
  readonly declared: Station
  readonly cadence: Span
  readonly inferred: Span | undefined
  readonly late: readonly Instant[]
}): string[] {
  const says = `where the station says ${formatSpan(declared.cadence)}`
  const later = inferredCadence(late)
  if (inferred !== undefined && later !== undefined && inferred !== later)
    return [
      `its rows come every ${formatSpan(inferred)} at the beginning and every ${formatSpan(later)} at the end; ` +
        `${formatSpan(cadence)} is taken for the usual`,
    ]
  if (inferred === undefined || inferred === declared.cadence) return []
  return cadence === inferred
    ? [`a row every ${formatSpan(cadence)}, as the file has it, ${says}`]
    : [`its rows come every ${formatSpan(inferred)}, ${says}: that is taken`]
}
