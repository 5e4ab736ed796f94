import { parse } from 'csv-parse/sync'
import type { Instant } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { badFile, shown } from './bad-file.ts'
import { type Columns, columnsOf } from './columns.ts'
import { type LineBlock, linesOf } from './lines.ts'
import type { RawRow } from './raw-row.ts'
import { stampReader } from './stamp.ts'
import { UnreadableRun } from './unreadable-run.ts'

export interface CsvOptions {
  /** What rows are named after: `jena_2020.csv` makes `jena_2020.csv:2` the first. */
  readonly name: string
  readonly station: Station
  /** What a person may do about a header that does not fit. */
  readonly hint?: string
  /** True where a last row that is cut off tells that the text is: an error then. Default: it is a malformed row. */
  readonly whole?: boolean
}

/** A table whose header has been read and understood. */
export interface CsvTable {
  readonly columns: Columns
  /**
   * The rows, once, in a batch for each chunk of bytes, pulled as fast as they are consumed. `from` leaves out what
   * is earlier without reading more of it than its stamp.
   */
  rows(options?: { readonly from?: Instant }): AsyncGenerator<readonly RawRow[], void, undefined>
  /** What a line without an end lacks of a row of this table; undefined where it may be whole. */
  torn(line: string): string | undefined
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
    const torn = (text: string) => tornOf(text, columns)
    const readStamp = stampReader(columns.station.time)
    return {
      columns,
      close,
      torn,
      stampOf: (text) => readStamp(cellsOf(text, columns.delimiter)?.[columns.time] ?? ''),
      async *rows({ from } = {}) {
        const read = rowReader(columns, { name: options.name, from })
        try {
          const first = read(rest)
          if (first.length > 0) yield first
          for await (const block of blocks) {
            const problem = options.whole && block.open ? torn(block.lines[0] ?? '') : undefined
            if (problem !== undefined) throw badFile(`${options.name}:${block.first}`, problem)
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
  const blank = new UnreadableRun(name)
  for (let block = await blocks.next(); !block.done; block = await blocks.next()) {
    const { lines, first, open } = block.value
    const index = lines.findIndex((line, at) => {
      if (line.trim() !== '') return true
      blank.add(first + at, line.length)
      return false
    })
    const header = lines[index]
    if (header === undefined) continue
    const line = first + index
    return { header, line, rest: { lines: lines.slice(index + 1), first: line + 1, open } }
  }
  throw badFile(name, 'it is empty; expected a header and rows')
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
  const run = new UnreadableRun(name)
  let begun = from === undefined
  return ({ lines, first }) => {
    const batch: RawRow[] = []
    for (const [index, line] of lines.entries()) {
      if (line === '' || line.trim() === '') {
        run.add(first + index, line.length)
        continue
      }
      const cells = cellsOf(line, delimiter)
      const stamp = cells?.[time] ?? ''
      const eventTime = readStamp(stamp)
      const broken = !cells
        ? malformed('row', line, 'every quote that is opened is closed')
        : cells.length !== width
          ? malformed('row', `${cells.length} cells`, `${width} cells`)
          : eventTime === undefined
            ? malformed(station.time.column, stamp, timeRule(station))
            : undefined
      if (broken) run.add(first + index, line.length, broken.malformed)
      // What has no time belongs to the rows around it, so it is left out until one of them is late enough.
      if (from !== undefined && (eventTime === undefined ? !begun : eventTime < from)) {
        if (!broken) run.end()
        continue
      }
      begun = true
      const row = { place: `${name}:${first + index}`, eventTime }
      if (broken || !cells) {
        batch.push({ ...row, ...broken, values: {} })
        continue
      }
      const values: RawRow['values'] = {}
      let text: number | undefined
      for (let channel = 0; channel < names.length; channel++) {
        const value = readValue(cells[channels[channel]!]!)
        if (typeof value === 'string') text ??= channel
        values[names[channel]!] = value
      }
      if (text === undefined) run.end()
      else {
        const { malformed: why } = malformed(names[text]!, String(values[names[text]!]), 'a number')
        run.add(first + index, line.length, why)
      }
      batch.push({ ...row, values })
    }
    return batch
  }
}

function tornOf(line: string, { delimiter, width }: Columns): string | undefined {
  const cells = line.trim() === '' ? undefined : (cellsOf(line, delimiter) ?? [])
  if (!cells || cells.length >= width) return undefined
  return `it ends within a row, '${shown(line, 60)}', ${cells.length} of ${width} cells and no line end; expected whole rows`
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
