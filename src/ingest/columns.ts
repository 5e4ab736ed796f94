import { parse } from 'csv-parse/sync'
import { TickcastError } from '../domain/errors.ts'
import type { Station } from '../domain/station.ts'
import { listed } from './bad-file.ts'

/** Where a station's columns stand in a file, as its header says. */
export interface Columns {
  /** The station as far as the file goes: channels without a column are left out. */
  readonly station: Station
  readonly delimiter: string
  /** Cells in a row. */
  readonly width: number
  /** Place of the time column. */
  readonly time: number
  /** Place of each channel's column. Shape: [channel], in station order. */
  readonly channels: readonly number[]
  /** What a person should know of it: columns that are ignored, channels that are missing. */
  readonly notes: readonly string[]
}

export interface ColumnsOptions {
  readonly station: Station
  /** Place of the header for messages: `jena_2020.csv:1`. */
  readonly place: string
  /** What a person may do about a header that does not fit, e.g. `describe it with --station FILE`. */
  readonly hint?: string
}

const DELIMITERS = [',', ';', '\t'] as const

/** Finds the delimiter and the station's columns. Without the time column or the target's it is the wrong file: an error. */
export function columnsOf(header: string, { station, place, hint }: ColumnsOptions): Columns {
  const candidates = DELIMITERS.map((delimiter) => ({
    delimiter,
    names: cells(header, delimiter).map(trimmed),
  }))
  const knowsTime = ({ names }: { names: string[] }) => placeOf(names, station.time.column) >= 0
  const best =
    candidates.find(knowsTime) ?? candidates.reduce((a, b) => (b.names.length > a.names.length ? b : a))
  const { delimiter, names } = best

  const fail = (problem: string): TickcastError => {
    return new TickcastError(
      'bad_file',
      `${place}: ${problem}; found ${listed(names)}; station '${station.id}' expects '${station.time.column}' and ` +
        `'${targetColumn(station)}'${hint ? `; ${hint}` : ''}`,
    )
  }
  const wanted = [station.time.column, ...station.channels.map(({ column }) => column)].map(key)
  const twice = names.find((name, index) => wanted.includes(key(name)) && placeOf(names, name) !== index)
  if (twice !== undefined) throw fail(`column '${twice}' is there twice`)
  const time = placeOf(names, station.time.column)
  if (time < 0) throw fail(`no time column '${station.time.column}'`)
  if (placeOf(names, targetColumn(station)) < 0) throw fail(`no target column '${targetColumn(station)}'`)

  const present = station.channels.filter(({ column }) => placeOf(names, column) >= 0)
  const unknown = names.filter((name) => !wanted.includes(key(name)))
  const notes: string[] = []
  if (present.length < station.channels.length)
    notes.push(
      `the file has ${present.length} of the ${station.channels.length} channels that the station is known to measure`,
    )
  if (unknown.length > 0) notes.push(`columns the station does not know are ignored: ${unquoted(unknown)}`)
  return {
    station: { ...station, channels: present },
    delimiter,
    width: names.length,
    time,
    channels: present.map(({ column }) => placeOf(names, column)),
    notes,
  }
}

function targetColumn(station: Station): string {
  return station.channels.find(({ name }) => name === station.target)?.column ?? station.target
}

function placeOf(names: readonly string[], column: string): number {
  return names.findIndex((name) => key(name) === key(column))
}

/** The station's own files write µ in two ways, and `m²` comes as `m2` from some tools: NFKC makes them one. */
function key(name: string): string {
  return name.normalize('NFKC').trim()
}

function trimmed(name: string): string {
  return name.trim()
}

function unquoted(names: readonly string[]): string {
  return listed(names).replace(/'/g, '')
}

function cells(line: string, delimiter: string): string[] {
  const rows = parse(line, { delimiter, relax_quotes: true, relax_column_count: true, ltrim: true })
  return rows[0] ?? []
}
