import { Readable } from 'node:stream'
import { breather, REQUEST_SLICE_MS } from '../domain/breather.ts'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import type { Instant } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { isAnnotated, LONGEST_ANNOTATION } from '../ingest/annotated-csv.ts'
import { LONGEST_CELL } from '../ingest/cell.ts'
import { readCsv } from '../ingest/csv.ts'
import { jsonRowReader, toldApart } from '../ingest/json-rows.ts'
import { jsonTickReader } from '../ingest/json-tick-reader.ts'
import { malformedRow, type ReadRows } from '../ingest/json-ticks.ts'
import type { RawRow } from '../ingest/raw-row.ts'
import { problem } from './problem.ts'

export interface BodyOptions {
  readonly station: Station
  /** Taken for ticks that carry no time. */
  readonly now: Instant
  /** A body of more is refused whole. */
  readonly most: number
}

/** Yields rows as they are read, and adds to `ignored`. */
type BodyReader = (
  body: Buffer,
  options: BodyOptions & { readonly ignored: Set<string> },
) => Iterable<RawRow> | AsyncIterable<RawRow>

/** What the bodies of `POST .../ticks` may be. */
const READERS = {
  'application/json': jsonRows,
  'application/x-ndjson': ndjsonRows,
  'text/csv': csvRows,
} as const satisfies Record<string, BodyReader>
export type TickType = keyof typeof READERS

export const TICK_TYPES = Object.keys(READERS).filter((type): type is TickType => type in READERS)

/** Reads a body, with pauses for others. Throws a problem where it is none, holds no tick or too many. */
export async function readBody(type: TickType, body: Buffer, options: BodyOptions): Promise<ReadRows> {
  const ignored = new Set<string>()
  const rows = await rowsWithin(READERS[type](body, { ...options, ignored }), options.most)
  if (rows.length === 0) throw problem('bad_request', 'the body holds no tick')
  return { rows, ignored: [...ignored] }
}

/** All of them, up to `most`: one more, and none is taken. */
export async function rowsWithin(
  rows: Iterable<RawRow> | AsyncIterable<RawRow>,
  most: number,
): Promise<readonly RawRow[]> {
  const all: RawRow[] = []
  const breath = breather(REQUEST_SLICE_MS)
  for await (const row of rows) {
    all.push(row)
    if (all.length > most) throw tooMany(most)
    if (breath.isDue) await breath.pause()
  }
  return all
}

function tooMany(most: number) {
  return problem(
    'too_large',
    `more than ${most} ticks in one body, of which none was taken: send them in bodies of at most ${most}; ` +
      'a history is for `tickcast learn --data FILE`',
  )
}

function* jsonRows(
  body: Buffer,
  { station, now, ignored }: BodyOptions & { readonly ignored: Set<string> },
): Generator<RawRow> {
  const reader = jsonRowReader({ station, now: () => now })
  yield* jsonTickReader(station, reader)(parsedJson(body.toString(), 'the body'), 'body')
  for (const key of reader.ignored) ignored.add(key)
}

function* ndjsonRows(
  body: Buffer,
  { station, now, ignored }: BodyOptions & { readonly ignored: Set<string> },
): Generator<RawRow> {
  const reader = jsonRowReader({ station, now: () => now })
  const ticks = jsonTickReader(station, reader)
  for (const [index, line] of body.toString().split('\n').entries()) {
    if (line.trim() === '') continue
    const place = `line ${index + 1}`
    let parsed: unknown
    try {
      parsed = JSON.parse(line)
    } catch {
      yield malformedRow(place, line.slice(0, LONGEST_CELL), 'JSON')
      continue
    }
    yield* ticks(parsed, place)
  }
  for (const key of reader.ignored) ignored.add(key)
}

/** Read by pieces, so that no more than one holds the event loop. */
const PIECE_BYTES = 64 * 1024

async function* csvRows(body: Buffer, { station, now }: BodyOptions): AsyncGenerator<RawRow> {
  try {
    const annotated = isAnnotated(body.toString('latin1', 0, LONGEST_ANNOTATION))
    const options = { name: 'body', station: toldApart(station), now: () => now, annotated }
    for await (const batch of readCsv(Readable.from(piecesOf(body)), options)) yield* batch
  } catch (error) {
    if (error instanceof TickcastError) throw problem('bad_request', error.message)
    throw error
  }
}

function* piecesOf(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length; at += PIECE_BYTES) yield body.subarray(at, at + PIECE_BYTES)
}

function parsedJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw problem('bad_json', `${place} is no JSON: ${errorMessage(error)}`)
  }
}
