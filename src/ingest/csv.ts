import type { Instant } from '../domain/instant.ts'
import { annotatedLines } from './annotated-csv.ts'
import { badFile, shown } from './bad-file.ts'
import { LONGEST_CELL, numberRule } from './cell.ts'
import type { Columns } from './columns.ts'
import { headerWatch } from './header-again.ts'
import { type LineBlock, linesOf } from './lines.ts'
import { changedText } from './long-table.ts'
import { type NamingWatch, namingWatch } from './naming-watch.ts'
import type { Named, RawRow } from './raw-row.ts'
import { rowPlan } from './row-plan.ts'
import { rowReader } from './row-reader.ts'
import type { RowSource, SourceOptions } from './row-source.ts'
import { isRowWidth, type RowWidth, widthText } from './row-width.ts'
import { cellsOf } from './separated.ts'
import { PUT_BACK } from './summer-time.ts'
import { behindHeader, readAhead } from './table-ahead.ts'
import { type TableStyle, tableStyle } from './table-style.ts'
import { unitColumns, withUnits } from './unit-beside.ts'
import { bareUnit } from './unit-text.ts'
import { UnreadableRun } from './unreadable-run.ts'

/** A table whose header has been read and understood. */
export interface CsvTable extends RowSource {
  readonly columns: Columns
  readonly style: TableStyle
}

/**
 * Reads the header and the first rows. A row is one line here: measurements have no cells with line breaks in them, and
 * so a quote gone wrong costs the row it stands in and not the rest of the file.
 */
export async function openCsv(
  bytes: AsyncIterable<Uint8Array>,
  { annotated = false, ...options }: SourceOptions & { readonly annotated?: boolean },
): Promise<CsvTable> {
  const { name, station, whole } = options
  const lines = linesOf(bytes, { name, encoding: station.layout?.encoding })
  const blocks = annotated ? annotatedLines(lines, name) : lines
  const close = async () => void (await blocks.return())
  try {
    const { ahead, header } = await readAhead(blocks, options)
    const style = tableStyle(ahead.lines, header, options)
    const { columns, width } = style
    const torn = (text: string) => tornOf(text, header.separator, width)
    const alone = rowReader({ station: columns.station, places: columns.places })
    async function* rowsOf(source: AsyncIterable<LineBlock>, from: Instant | undefined) {
      const read = blockReader(style, { ...options, from })
      for await (const block of source) {
        const problem = whole && block.open ? torn(block.lines.at(-1) ?? '') : undefined
        if (problem !== undefined) throw badFile(`${name}:${block.first + block.lines.length - 1}`, problem)
        const batch = read(block)
        if (batch.length > 0) yield batch
      }
    }
    return {
      station: columns.station,
      columns,
      style,
      notes: style.notes,
      rowsBegin: header.rows + 1,
      close,
      torn,
      stampOf(text) {
        const cells = cellsOf(text, header.separator)
        return cells && isRowWidth(cells, width) ? alone.timeOf(cells) : undefined
      },
      rowsOf: (source, { from } = {}) => rowsOf(source, from),
      async *rows({ from } = {}) {
        try {
          yield* rowsOf(behindHeader(ahead, header.rows, blocks), from)
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
  options: SourceOptions & { readonly annotated?: boolean },
): AsyncGenerator<readonly RawRow[], void, undefined> {
  const table = await openCsv(bytes, options)
  yield* table.rows()
}

type BlockOptions = SourceOptions & { readonly from: Instant | undefined }

/** Makes rows of lines. What cannot be a row becomes one all the same, marked with the rule it breaks. */
function blockReader(
  { header, headerLine, columns, width, styles, naming, unreadUnder }: TableStyle,
  { name, whole, from, now, onNote }: BlockOptions,
): (block: LineBlock) => readonly RawRow[] {
  const { separator, comment } = header
  const { station, places } = columns
  const reader = rowReader({ station, places, styles, from, now, onNote })
  const target = station.channels.find((channel) => channel.name === station.target)!
  const units = unitColumns(columns.names, station.channels, rowPlan(station).columns)
  const hasUnits = units.some((places) => places.length > 0)
  const watches = naming.map((place) => ({ place, name: columns.names[place]!, watch: namingWatch() }))
  const run = new UnreadableRun(name)
  const headerAgain = headerWatch({
    ...{ line: headerLine, separator, comment },
    time: rowPlan(station).time.map((column) => places[column]!),
    used: places,
  })
  /** Behind a header of other columns. */
  let others: RawRow['malformed']
  const isHeader = (line: string, place: string): boolean => {
    const again = headerAgain(line)
    if (again === undefined) return false
    others = again.isSame ? undefined : malformed('header', line.trim(), again.rule)
    if (others && whole)
      throw badFile(place, `the header comes again: '${shown(line.trim(), 120)}'; expected ${again.rule}`)
    return true
  }
  return ({ lines, first, step = 1 }) => {
    const batch: RawRow[] = []
    for (const [index, line] of lines.entries()) {
      const number = first + index * step
      if (line === '' || line.trim() === '' || (comment !== undefined && line.startsWith(comment))) {
        if (line !== '' && comment !== undefined) isHeader(line, `${name}:${number}`)
        run.add(number, line.length)
        continue
      }
      const cells = cellsOf(line, separator)
      const place = `${name}:${number}`
      const broken = !cells
        ? malformed('row', line, 'every quote that is opened is closed')
        : cells.length !== width.most && !isRowWidth(cells, width)
          ? malformed('row', `${cells.length} cells`, widthText(width))
          : undefined
      if (broken) {
        if (unreadUnder.has(number) || isHeader(line, place)) continue
        const eventTime = cells && reader.timeOf(cells)
        run.add(number, line.length, broken)
        if (from === undefined || (eventTime ?? from) >= from)
          batch.push({ place, eventTime, values: {}, malformed: broken })
        continue
      }
      const read = reader.read(cells!, place)
      if (read === undefined) {
        run.end()
        continue
      }
      const row = hasUnits
        ? withUnits(read, station.channels, (channel) =>
            units[channel]!.map((at) => bareUnit(cells![at] ?? '')),
          )
        : read
      const why = row.malformed ?? others ?? otherThing(watches, cells!)
      if (why?.rule === PUT_BACK && whole)
        throw badFile(place, `${why.field} is '${why.value}'; expected ${why.rule}`)
      if (why) {
        if (unreadUnder.has(number) || (row.malformed && isHeader(line, place))) continue
        run.add(number, line.length, why)
        batch.push({ ...row, values: {}, malformed: why })
        continue
      }
      const value = row.values[target.name]
      if (typeof value !== 'string') run.end()
      else run.add(number, line.length, { field: target.name, value, rule: numberRule(value, target) })
      const named = now === undefined ? undefined : namedBy(watches, cells!)
      batch.push(named ? { ...row, named } : row)
    }
    return batch
  }
}

/** Where rows come live, a few in a body or one by one, whoever takes them judges by their names. */
function namedBy(
  watches: readonly { readonly place: number; readonly name: string }[],
  cells: readonly string[],
): Named | undefined {
  const named = watches.map(({ place, name }) => [name, cells[place]?.trim() ?? ''] as const)
  return named.length > 0 ? named.filter(([, thing]) => thing !== '') : undefined
}

/** The rule that a row breaks which is of another sensor than those before it. */
function otherThing(
  watches: readonly { readonly place: number; readonly name: string; readonly watch: NamingWatch }[],
  cells: readonly string[],
): RawRow['malformed'] {
  for (const { place, name, watch } of watches) {
    const thing = cells[place]?.trim() ?? ''
    const change = watch.changed(thing)
    if (change) return malformed(name, thing, changedText(name, change.from, thing))
  }
  return undefined
}

function tornOf(line: string, separator: string, width: RowWidth): string | undefined {
  const cells = line.trim() === '' ? undefined : (cellsOf(line, separator) ?? [])
  if (!cells || cells.length >= width.least) return undefined
  return `it ends within a row, '${shown(line, 60)}', ${cells.length} of ${width.least} cells and no line end; expected whole rows`
}

function malformed(field: string, value: string, rule: string): NonNullable<RawRow['malformed']> {
  return { field, value: value.slice(0, LONGEST_CELL), rule }
}
