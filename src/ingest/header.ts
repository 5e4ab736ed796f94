import type { Station } from '../domain/station.ts'
import { columnKey, placeOf } from './column-name.ts'
import { neededColumns } from './columns.ts'
import { timeColumns } from './row-plan.ts'
import { rowTimeReader } from './row-time.ts'
import { cellsOf, SEPARATORS, type Separator } from './separated.ts'

/** What stands over the rows of a table. */
export interface Header {
  readonly names: readonly string[]
  readonly separator: Separator
  /** Place among the lines of the line with the names; -1: there is none. */
  readonly at: number
  /** Place of the first line that may be a row. */
  readonly rows: number
  /** What begins lines that are no rows. */
  readonly comment: string | undefined
  /** How many of the columns that are needed are there. */
  readonly fit: number
}

/** A header is looked for in so many lines; what stands before it is metadata. */
export const MOST_LINES_BEFORE = 1000
const COMMENT = /^\s*(#|%|\/\/|!|')/

/**
 * The line that names the columns, wherever it stands: as it is, behind a comment sign, or together with the line or
 * two above it, of which each names a part. Where none names all, the one that names most; undefined where there are
 * but blank lines.
 */
export function findHeader(lines: readonly string[], station: Station): Header | undefined {
  const { layout = {} } = station
  if (layout.header === 'none' || layout.columns) {
    const found = withoutHeader(lines, station)
    if (found || layout.header === 'none') return found
  }
  const separators = layout.separator === undefined ? SEPARATORS : [layout.separator]
  const needed = neededColumns(station)
  const said = layout.header === undefined ? undefined : layout.header - 1
  const last = Math.min(lines.length, MOST_LINES_BEFORE)
  let comment = layout.comment
  let best: Header | undefined
  let unconfirmed: Header | undefined
  const isAbove = rowsCheck(lines, station)
  const consider = (names: readonly string[], separator: Separator, at: number): Header | undefined => {
    const trimmed = (layout.columns ?? names).map((name) => name.trim())
    const fit = needed.filter((column) => placeOf(trimmed, column) >= 0).length
    const keys = trimmed.map(columnKey)
    const isTold = needed.every(
      (column) => keys.indexOf(columnKey(column)) === keys.lastIndexOf(columnKey(column)),
    )
    const header = { names: trimmed, separator, at, rows: at + 1, comment, fit }
    const isBetter =
      best === undefined ||
      fit > best.fit ||
      (fit === best.fit && best.at === at && trimmed.length > best.names.length)
    if (isBetter) best = header
    const isNamed = needed.every((column) => !isNumber(column) || said !== undefined)
    if (!isTold || !isNamed || fit < needed.length) return undefined
    if (isAbove(header)) return header
    unconfirmed ??= header
    return undefined
  }
  for (let at = said ?? 0; at < last; at++) {
    const line = lines[at]!
    if (line.trim() === '') continue
    const sign = COMMENT.exec(line)?.[1]
    comment ??= sign === "'" ? undefined : sign
    const plain = sign === undefined ? line : line.replace(COMMENT, '')
    for (const text of new Set([plain, line])) {
      for (const separator of separators) {
        const names = cellsOf(text, separator)
        const header = names && consider(names, separator, at)
        if (header) return header
      }
    }
    for (const separator of separators)
      for (const names of joinedNames(lines, at, separator)) {
        const header = consider(names, separator, at)
        if (header) return header
      }
    if (said !== undefined) break
  }
  if (unconfirmed) return unconfirmed
  // Without a header, a station file that goes by numbers is right all the same.
  if (best !== undefined && said === undefined && needed.every(isNumber))
    return withoutHeader(lines, station) ?? best
  return best
}

const LOOKED_UNDER = 8

/** Whether one of the next lines has a time where the names have it; a header that is the last so far may be one. */
function rowsCheck(lines: readonly string[], station: Station): (header: Header) => boolean {
  const time = rowTimeReader(station.time)
  return ({ names, separator, rows }) => {
    const under = lines.slice(rows).filter((line) => line.trim() !== '')
    const places = timeColumns(station).map((column) => placeOf(names, column))
    const zone = station.time.zoneColumn
    return (
      under.length === 0 ||
      under.slice(0, LOOKED_UNDER).some((line) => {
        const cells = cellsOf(line, separator) ?? []
        const stamp = time.joined(places.map((place) => cells[place] ?? ''))
        return (
          time.read(stamp, zone === undefined ? undefined : cells[placeOf(names, zone)]?.trim()) !== undefined
        )
      })
    )
  }
}

function isNumber(column: string): boolean {
  return /^[1-9]\d{0,3}$/.test(column)
}

/** The names of a line, each with those over it: `Temp` over `Out` is `Temp Out`; also where one stands over several. */
function* joinedNames(
  lines: readonly string[],
  at: number,
  separator: Separator,
): Generator<readonly string[], void, undefined> {
  if (separator === 'blanks') return
  let names = cellsOf(lines[at]!, separator)
  let filled = names
  for (let above = at - 1; above >= 0 && above >= at - 2; above--) {
    const over = cellsOf(lines[above]!, separator)
    if (!names || !filled || !over || over.length < 2) return
    const spread: string[] = []
    for (const name of over) spread.push(name.trim() === '' ? (spread.at(-1) ?? '') : name)
    const join = (upper: readonly string[], lower: readonly string[]) =>
      lower.map((name, index) => `${upper[index]?.trim() ?? ''} ${name.trim()}`.trim())
    names = join(over, names)
    filled = join(spread, filled)
    yield names
    yield filled
  }
}

/** The first line with a time in it is the first row. */
function withoutHeader(lines: readonly string[], station: Station): Header | undefined {
  const { layout = {} } = station
  const separators = layout.separator === undefined ? SEPARATORS : [layout.separator]
  const time = rowTimeReader(station.time)
  const needed = neededColumns(station)
  const last = Math.min(lines.length, MOST_LINES_BEFORE)
  let comment = layout.comment
  for (let at = 0; at < last; at++) {
    const line = lines[at]!
    const sign = COMMENT.exec(line)?.[1]
    if (sign !== undefined && sign !== "'") {
      comment ??= sign
      continue
    }
    for (const separator of separators) {
      const cells = cellsOf(line, separator)
      if (!cells) continue
      const names = layout.columns ?? cells.map((_, index) => String(index + 1))
      if (needed.some((column) => placeOf(names, column) < 0)) continue
      const stamps = timeColumns(station).map((column) => cells[placeOf(names, column)] ?? '')
      const zone = station.time.zoneColumn
      const read = time.read(
        time.joined(stamps),
        zone === undefined ? undefined : cells[placeOf(names, zone)]?.trim(),
      )
      if (read === undefined) continue
      return { names, separator, at: -1, rows: at, comment, fit: needed.length }
    }
  }
  return undefined
}
