import { parse } from 'csv-parse/sync'
import { TickcastError } from '../domain/errors.ts'
import type { Instant } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { type Columns, columnsOf } from './columns.ts'
import { type LineBlock, linesOf } from './lines.ts'
import type { RawRow } from './raw-row.ts'
import { stampReader } from './stamp.ts'

export interface CsvOptions {
  /** What rows are named after: `jena_2020.csv` makes `jena_2020.csv:2` the first. */
  readonly name: string
  readonly station: Station
  /** What a person may do about a header that does not fit. */
  readonly hint?: string
}

/** A table whose header has been read and understood. */
export interface CsvTable {
  readonly columns: Columns
  /**
   * The rows, once, in a batch for each chunk of bytes, pulled as fast as they are consumed. `from` leaves out what
   * is earlier without reading more of it than its stamp.
   */
  rows(options?: { readonly from?: Instant }): AsyncGenerator<readonly RawRow[], void, undefined>
  /** The time of a line of this table taken by itself; undefined where it has none. */
  stampOf(line: string): Instant | undefined
  /** Lets go of the bytes where the rows are not wanted. */
  close(): Promise<void>
}

/**
 * Reads the header. A row is one line here: measurements have no cells with line breaks in them, and so a quote gone
 * wrong costs the row it stands in and not the rest of the file.
 */
export async function openCsv(bytes: AsyncIterable<Uint8Array>, options: CsvOptions): Promise<CsvTable> {
  const blocks = linesOf(bytes, options)
  const close = async () => void (await blocks.return())
  try {
    const { header, line, rest } = await headerOf(blocks, options.name)
    const columns = columnsOf(header, { ...options, place: `${options.name}:${line}` })
    const readStamp = stampReader(columns.station.time)
    return {
      columns,
      close,
      stampOf: (text) => readStamp(cellsOf(text, columns.delimiter)?.[columns.time] ?? ''),
      async *rows({ from } = {}) {
        const read = rowReader(columns, { name: options.name, from })
        try {
          const first = read(rest)
          if (first.length > 0) yield first
          for await (const block of blocks) {
            const batch = read(block)
            if (batch.length > 0) yield batch
          }
        } finally {
          await close()
        }
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** A whole table in one go, for bodies and pipes. */
export async function* readCsv(
  bytes: AsyncIterable<Uint8Array>,
  options: CsvOptions,
): AsyncGenerator<readonly RawRow[], void, undefined> {
  const table = await openCsv(bytes, options)
  yield* table.rows()
}

async function headerOf(blocks: AsyncGenerator<LineBlock, void, undefined>, name: string) {
  for (let block = await blocks.next(); !block.done; block = await blocks.next()) {
    const { lines, first } = block.value
    const index = lines.findIndex((line) => line.trim() !== '')
    const header = lines[index]
    if (header === undefined) continue
    const line = first + index
    return { header, line, rest: { lines: lines.slice(index + 1), first: line + 1 } }
  }
  throw new TickcastError('bad_file', `${name}: it is empty; expected a header and rows`)
}

/** Longer cells are cut: a message to a person needs no more, and ticks carry no more. */
const LONGEST_CELL = 200

/** Makes rows of lines. What cannot be a row becomes one all the same, marked with the rule it breaks. */
function rowReader(
  { station, delimiter, width, time, channels }: Columns,
  { name, from }: { readonly name: string; readonly from: Instant | undefined },
): (block: LineBlock) => readonly RawRow[] {
  const readStamp = stampReader(station.time)
  const names = station.channels.map((channel) => channel.name)
  const readValue = valueReader(delimiter)
  let begun = from === undefined
  return ({ lines, first }) => {
    const batch: RawRow[] = []
    for (const [index, line] of lines.entries()) {
      if (line === '' || line.trim() === '') continue
      const cells = cellsOf(line, delimiter)
      const stamp = cells?.[time] ?? ''
      const eventTime = readStamp(stamp)
      // What has no time belongs to the rows around it, so it is left out until one of them is late enough.
      if (from !== undefined && (eventTime === undefined ? !begun : eventTime < from)) continue
      begun = true
      const row = { place: `${name}:${first + index}`, eventTime }
      if (!cells) batch.push({ ...row, ...malformed('row', line, 'every quote that is opened is closed') })
      else if (cells.length !== width)
        batch.push({ ...row, ...malformed('row', `${cells.length} cells`, `${width} cells`) })
      else if (eventTime === undefined)
        batch.push({ ...row, ...malformed(station.time.column, stamp, timeRule(station)) })
      else {
        const values: RawRow['values'] = {}
        for (let channel = 0; channel < names.length; channel++)
          values[names[channel]!] = readValue(cells[channels[channel]!]!)
        batch.push({ ...row, values })
      }
    }
    return batch
  }
}

function malformed(field: string, value: string, rule: string): Pick<RawRow, 'values' | 'malformed'> {
  return { values: {}, malformed: { field, value: value.slice(0, LONGEST_CELL), rule } }
}

function timeRule({ time }: Station): string {
  return `a time written as ${time.formats.join(' or ')}`
}

/** Undefined where a quote is left open. */
function cellsOf(line: string, delimiter: string): readonly string[] | undefined {
  if (!line.includes('"')) return line.split(delimiter)
  try {
    return parse(line, { delimiter, relax_quotes: true, relax_column_count: true, ltrim: true })[0]
  } catch {
    return undefined
  }
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
/** What pandas, R and databases write for 'nothing measured'. */
const MISSING = new Set(['', 'nan', 'na', 'n/a', 'null'])

/** Where the comma does not part cells it may be the decimal sign, as in Germany. Anything else stays as it was read. */
function valueReader(delimiter: string): (cell: string) => number | string | null {
  return (cell) => {
    const text = cell.trim()
    if (NUMBER.test(text)) return finite(text)
    if (MISSING.has(text.toLowerCase())) return null
    if (delimiter === ',') return text.slice(0, LONGEST_CELL)
    const point = text.replace(',', '.')
    return NUMBER.test(point) ? finite(point) : text.slice(0, LONGEST_CELL)
  }
}

/** `1e999` is written like a number and is none. */
function finite(text: string): number | string {
  const value = Number(text)
  return Number.isFinite(value) ? value : text.slice(0, LONGEST_CELL)
}
