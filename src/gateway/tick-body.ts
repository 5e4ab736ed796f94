import { Readable } from 'node:stream'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import type { Instant } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { LONGEST_CELL } from '../ingest/cell.ts'
import { readCsv } from '../ingest/csv.ts'
import { jsonRowReader, toldApart } from '../ingest/json-rows.ts'
import { jsonTicks, malformedRow, type ReadRows } from '../ingest/json-ticks.ts'
import type { RawRow } from '../ingest/raw-row.ts'
import { problem } from './problem.ts'

/** What the bodies of `POST .../ticks` may be. */
export const TICK_TYPES = {
  'application/json': jsonRows,
  'application/x-ndjson': ndjsonRows,
  'text/csv': csvRows,
} as const satisfies Record<string, BodyReader>
export type TickType = keyof typeof TICK_TYPES

export interface BodyOptions {
  readonly station: Station
  /** Taken for ticks that carry no time. */
  readonly now: Instant
}

type BodyReader = (body: Buffer, options: BodyOptions) => ReadRows | Promise<ReadRows>

function jsonRows(body: Buffer, { station, now }: BodyOptions): ReadRows {
  return jsonTicks(parsedJson(body.toString(), 'the body'), { station, now, place: 'body' })
}

function ndjsonRows(body: Buffer, { station, now }: BodyOptions): ReadRows {
  const reader = jsonRowReader({ station, now: () => now })
  const rows = body
    .toString()
    .split('\n')
    .flatMap((line, index): RawRow | RawRow[] => {
      if (line.trim() === '') return []
      const place = `line ${index + 1}`
      let tick: unknown
      try {
        tick = JSON.parse(line)
      } catch {
        return malformedRow(place, line.slice(0, LONGEST_CELL), 'JSON')
      }
      return reader.read(tick, place) ?? []
    })
  return { rows, ignored: [...reader.ignored] }
}

async function csvRows(body: Buffer, { station, now }: BodyOptions): Promise<ReadRows> {
  const rows: RawRow[] = []
  try {
    const options = { name: 'body', station: toldApart(station), now: () => now }
    for await (const batch of readCsv(Readable.from([body]), options)) rows.push(...batch)
  } catch (error) {
    if (error instanceof TickcastError) throw problem('bad_request', error.message)
    throw error
  }
  return { rows, ignored: [] }
}

function parsedJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw problem('bad_json', `${place} is no JSON: ${errorMessage(error)}`)
  }
}
