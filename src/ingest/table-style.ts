import { badFile } from './bad-file.ts'
import type { NumberStyle } from './cell.ts'
import { isNumbered } from './column-name.ts'
import { type Columns, columnsOf } from './columns.ts'
import type { Header } from './header.ts'
import { longTable, namingColumns } from './long-table.ts'
import { numberHint } from './number-text.ts'
import { rowPlan } from './row-plan.ts'
import { rowReader } from './row-reader.ts'
import type { SourceOptions } from './row-source.ts'
import { isRowWidth, otherWidth, type RowWidth, rowWidth } from './row-width.ts'
import { cellsOf } from './separated.ts'
import {
  counterNote,
  datesTurned,
  stylesOf,
  type TableSample,
  timeOfDayMissing,
  unitsDiffer,
  zoneColumnOf,
} from './table-sample.ts'

/** How a table is written, as its first lines and the station file tell. */
export interface TableStyle {
  readonly header: Header
  readonly headerLine: string | undefined
  readonly columns: Columns
  readonly width: RowWidth
  /** How numbers are written, by channel. */
  readonly styles: readonly NumberStyle[]
  /** Places of columns that may say whose value a row holds. */
  readonly naming: readonly number[]
  /** Numbers of lines right under the header that are no rows: units, say. */
  readonly unreadUnder: ReadonlySet<number>
  readonly notes: readonly string[]
}

/** What comes behind them may be of another file. */
const SAMPLE_ROWS = 400
const MOST_UNDER = 4
/** A body or a pipe may hold a row or two, of which nothing is to be concluded. */
const FEWEST_ROWS = 3

/** An error where the table can be read in two ways: it names both, and the key that says which. */
export function tableStyle(
  lines: readonly string[],
  header: Header,
  { name, station, hint }: SourceOptions,
): TableStyle {
  const { layout = {} } = station
  const place = header.at < 0 ? name : `${name}:${header.at + 1}`
  const read = (given: typeof station) => columnsOf(header.names, { station: given, place, hint })
  let columns = read(station)
  const cells = lines
    .slice(header.rows)
    .filter(
      (line) => line.trim() !== '' && !(header.comment !== undefined && line.startsWith(header.comment)),
    )
    .slice(0, SAMPLE_ROWS)
    .map((line) => cellsOf(line, header.separator) ?? [])
  const width = widthOf(cells, header, columns, { place, ragged: layout.ragged ?? false })
  const isFit = (row: readonly string[]) => isRowWidth(row, width)
  const sampleOf = (): TableSample => ({
    station: columns.station,
    names: header.names,
    places: columns.places,
    rows: cells.filter(isFit),
  })
  const notes: string[] = []

  const under = linesUnder(lines, header, columns, width)
  const rows = sampleOf().rows.slice(under.length)
  const zone = zoneColumnOf({ ...sampleOf(), rows })
  if (zone.column !== undefined) {
    columns = read({ ...station, time: { ...station.time, zoneColumn: zone.column } })
    notes.push(`the zone of each stamp is read from column ${zone.column}`)
  }
  const sample: TableSample = { ...sampleOf(), rows }
  const { styles, doubt } = stylesOf(sample)
  const doubts = [zone.doubt, longTable(sample), datesTurned(sample), timeOfDayMissing(sample), doubt]
  const counter = counterNote(sample)
  if (counter !== undefined) notes.push(counter)
  const first = rows.length < FEWEST_ROWS ? undefined : doubts.find((each) => each !== undefined)
  const sure =
    first ??
    unitsDiffer({ ...sample, rows: under.map((line) => cellsOf(lines[line - 1]!, header.separator) ?? []) })
  if (sure !== undefined) throw badFile(place, sure)
  if (under.length > 0) notes.push(`lines under the header that are no rows are passed over: ${under.length}`)
  return {
    header,
    headerLine: lines[header.at],
    columns,
    width,
    styles,
    naming: namingColumns(header.names, columns.station),
    unreadUnder: new Set(under),
    notes: [...columns.notes, ...notes],
  }
}

function widthOf(
  cells: readonly (readonly string[])[],
  { names, at, separator }: Header,
  { station, places }: Columns,
  { place, ragged }: { readonly place: string; readonly ragged: boolean },
): RowWidth {
  const width = rowWidth(names, { ragged, last: Math.max(...places) })
  const other = cells.length < FEWEST_ROWS ? undefined : otherWidth(cells, width)
  if (other === undefined) return width
  const isByNumber = rowPlan(station).columns.every((column) => isNumbered(names, column))
  if (isByNumber && other > Math.max(...places)) return { least: other, most: other }
  const commas =
    separator === ',' && other > width.most
      ? '; or, where numbers have a decimal comma, the file must be written with another separator or with quotes'
      : ''
  const less =
    other < width.least ? ', or, where cells are left out at their end, table: { ragged: true }' : ''
  throw badFile(
    place,
    `${at < 0 ? 'its columns have' : 'the header has'} ${names.length} names and the rows under it ${other} cells: which is ` +
      `which cannot be told; the station file must say: table: { columns: [a name for each cell] }, or each column ` +
      `by its number, such as column: ${Math.max(...places) + 1}${less}${commas}`,
  )
}

/** Units, types of columns, rules of dashes: lines under the header without a time and a value, before the first that has both. */
function linesUnder(
  lines: readonly string[],
  header: Header,
  { station, places }: Columns,
  width: RowWidth,
): readonly number[] {
  if (header.at < 0) return []
  const reader = rowReader({ station, places })
  const target =
    places[rowPlan(station).channels[station.channels.findIndex(({ name }) => name === station.target)]!]!
  const under: number[] = []
  for (let at = header.rows; at < lines.length && under.length <= MOST_UNDER; at++) {
    const line = lines[at]!
    if (line.trim() === '' || (header.comment !== undefined && line.startsWith(header.comment))) continue
    const cells = cellsOf(line, header.separator)
    const isRule = /^[\W_]+$/.test(line)
    if (!cells || (!isRule && !isRowWidth(cells, width))) return []
    const isRow = isRowWidth(cells, width) && reader.timeOf(cells) !== undefined
    if (isRow) return under
    if (numberHint(cells[target]?.trim() ?? '') !== undefined) return []
    under.push(at + 1)
  }
  return []
}
