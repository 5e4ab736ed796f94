import { Readable } from 'node:stream'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import type { Instant } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { readCsv } from '../ingest/csv.ts'
import type { RawRow } from '../ingest/raw-row.ts'
import { stampReader } from '../ingest/stamp.ts'
import { jsonText } from '../protocol/nesting.ts'
import { problem } from './problem.ts'

/** What the bodies of `POST .../ticks` may be. */
export const TICK_TYPES = {
  'application/json': jsonRows,
  'application/x-ndjson': ndjsonRows,
  'text/csv': csvRows,
} as const satisfies Record<string, RowReader>
export type TickType = keyof typeof TICK_TYPES

export interface BodyOptions {
  readonly station: Station
  /** Taken for ticks that carry no time. */
  readonly now: Instant
}

type RowReader = (body: Buffer, options: BodyOptions) => readonly RawRow[] | Promise<readonly RawRow[]>

/** A longer cell is cut: it is kept for its rejection only. */
const LONGEST_CELL = 200

function jsonRows(body: Buffer, options: BodyOptions): readonly RawRow[] {
  const read = rowReader(options)
  const parsed = parsedJson(body.toString(), 'the body')
  return Array.isArray(parsed)
    ? parsed.map((tick, index) => read(tick, `body[${index}]`))
    : [read(parsed, 'body')]
}

function ndjsonRows(body: Buffer, options: BodyOptions): readonly RawRow[] {
  const read = rowReader(options)
  return body
    .toString()
    .split('\n')
    .flatMap((line, index) => {
      if (line.trim() === '') return []
      const place = `line ${index + 1}`
      let tick: unknown
      try {
        tick = JSON.parse(line)
      } catch {
        return [malformedRow(place, { field: place, value: cell(line), rule: 'JSON' })]
      }
      return [read(tick, place)]
    })
}

async function csvRows(body: Buffer, { station }: BodyOptions): Promise<readonly RawRow[]> {
  const rows: RawRow[] = []
  try {
    for await (const batch of readCsv(Readable.from([body]), { name: 'body', station })) rows.push(...batch)
  } catch (error) {
    if (error instanceof TickcastError) throw problem('bad_request', error.message)
    throw error
  }
  return rows
}

function parsedJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw problem('bad_json', `${place} is no JSON: ${errorMessage(error)}`)
  }
}

/**
 * Two forms of a tick: `{ "event_time": "...", "values": { "T (degC)": 3.1 } }` and, flat, `{ "event_time": "...",
 * "T (degC)": 3.1 }`. The time may stand in `event_time`, `time` or the station's own time column, written in RFC 3339
 * or as the station writes it; without a zone it is read at the station's offset. Channels go by name or by column.
 * What fits neither form becomes a row that says why.
 */
function rowReader({ station, now }: BodyOptions): (tick: unknown, place: string) => RawRow {
  const timeKeys = new Set(['event_time', 'time', station.time.column])
  const names = new Map(station.channels.map(({ name, column }) => [column, name]))
  for (const { name } of station.channels) names.set(name, name)
  const { formats, utcOffsetMinutes } = station.time
  const read = stampReader({ column: '', formats: ['iso', ...formats], utcOffsetMinutes })

  return (tick, place) => {
    if (!isRecord(tick)) {
      return malformedRow(place, {
        field: place,
        value: cell(tick),
        rule: 'an object with a time and values',
      })
    }
    const entries = Object.entries(tick)
    const stamps = entries.filter(([key]) => timeKeys.has(key) && !names.has(key))
    const rest = entries.filter(([key]) => !timeKeys.has(key) || names.has(key))
    const [stamp] = stamps
    const eventTime = stamp === undefined ? now : readStamp(stamp[1], read)
    if (stamp !== undefined && eventTime === undefined) {
      const rule = `RFC 3339, or as the station writes it (${formats.join(', ')})`
      return malformedRow(place, { field: stamp[0], value: cell(stamp[1]), rule })
    }
    const nested = tick['values']
    if (nested !== undefined && !names.has('values')) {
      const other = rest.find(([key]) => key !== 'values')
      if (other !== undefined) {
        return malformedRow(place, {
          field: other[0].slice(0, 128),
          value: cell(other[1]),
          rule: 'beside values only a time',
        })
      }
      if (!isRecord(nested)) {
        return malformedRow(place, {
          field: 'values',
          value: cell(nested),
          rule: 'an object, channel to number',
        })
      }
    }
    const cells = isRecord(nested) && !names.has('values') ? Object.entries(nested) : rest
    const values: RawRow['values'] = {}
    for (const [key, value] of cells) values[names.get(key) ?? key.slice(0, 128)] = cell(value)
    return { place, eventTime, values }
  }
}

/** A number is taken where the station itself counts seconds or milliseconds. */
function readStamp(value: unknown, read: (text: string) => Instant | undefined): Instant | undefined {
  return typeof value === 'string' || typeof value === 'number' ? read(String(value)) : undefined
}

function malformedRow(place: string, malformed: NonNullable<RawRow['malformed']>): RawRow {
  return { place, eventTime: undefined, values: {}, malformed }
}

/** A value as a cell: what is no number, text or null stays readable, for its rejection. */
function cell(value: unknown): number | string | null {
  if (value === null || (typeof value === 'number' && Number.isFinite(value))) return value
  return (typeof value === 'string' ? value : jsonText(value)).slice(0, LONGEST_CELL)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
