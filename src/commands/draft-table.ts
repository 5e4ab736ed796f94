import { type Archive, openArchive } from '../../replay/archive.ts'
import { badFile } from '../ingest/bad-file.ts'
import { type DraftTime, draftTime } from '../ingest/draft-time.ts'
import type { ElementsOf } from '../ingest/json-elements.ts'
import { linesOf } from '../ingest/lines.ts'
import { cellsOf, SEPARATORS } from '../ingest/separated.ts'
import { draftJson } from './draft-json.ts'

/** A file as it looks to somebody who knows nothing of it: names, and the first rows. */
export interface DraftTable {
  readonly names: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly hasHeader: boolean
  /** Places of the columns that make up the time. */
  readonly time: readonly number[]
  readonly how: DraftTime
  /** Where the list of ticks stands within a text of JSON. */
  readonly path?: string
}

const SAMPLE_LINES = 400
const ENOUGH_ROWS = 20
const MOSTLY = 0.8
/** Sums and means stand under the rows. */
const MOST_FOOTERS = 4

export async function draftTable(path: string): Promise<DraftTable> {
  const archive = await openArchive(path)
  const lines: string[] = []
  for await (const block of linesOf(archive.bytes(), { name: archive.name })) {
    for (const line of block.lines) if (line.trim() !== '') lines.push(line)
    if (lines.length >= SAMPLE_LINES) break
  }
  const [sign] = lines[0]?.trimStart() ?? ''
  const tables =
    sign === '{' || sign === '['
      ? [await jsonTable(archive, sign === '[' ? 'array' : 'objects')]
      : SEPARATORS.map((separator) => separatedTable(lines.slice(0, SAMPLE_LINES), separator))
  const found = tables.filter((table) => table !== undefined)
  // A header says more than cells do: blanks part any text somehow.
  const [best] = found.sort(
    (a, b) =>
      Number(b.hasHeader) - Number(a.hasHeader) ||
      b.rows.length * b.names.length - a.rows.length * a.names.length,
  )
  if (!best)
    throw badFile(
      path,
      'no table with a time in it was made out; write a station file (docs/files.md), and name it with --station FILE',
    )
  return best
}

/** Rows are the lines with the number of cells that most of the last ones have, from the first with a time on. */
function separatedTable(lines: readonly string[], separator: string): DraftTable | undefined {
  const cells = withoutLast(lines.map((line) => cellsOf(line, separator)?.map((cell) => cell.trim()) ?? []))
  const counts = new Map<number, number>()
  for (const row of cells.slice(cells.length >> 1)) counts.set(row.length, (counts.get(row.length) ?? 0) + 1)
  const width = [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 0
  if (width < 2) return undefined
  // Of a short file, too, the later half is rows.
  const whole = cells.filter((row) => row.length === width && row.some((cell) => /\d/.test(cell)))
  const rows = whole.length > ENOUGH_ROWS ? whole.slice(0, -MOST_FOOTERS) : whole
  const last = rows.slice(-Math.max(1, Math.min(50, rows.length >> 1)))
  const found = timeOf(last)
  if (!found) return undefined
  const isRow = (row: readonly string[]) =>
    row.length === width && draftTime([found.time.map((place) => row[place]).join(' ')]) !== undefined
  const begin = cells.findIndex(isRow)
  const header = headerAbove(cells.slice(0, begin).filter((row) => row.length === width))
  const names = header ?? cells[begin]!.map((_, index) => String(index + 1))
  return {
    names: names.map((name, place) => name.replace(/^[#%]\s*/, '') || String(place + 1)),
    rows: cells.slice(begin).filter(isRow),
    hasHeader: header !== undefined,
    ...found,
  }
}

/** What stands behind a separator at the end of most lines is no cell. */
function withoutLast(cells: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const ended = cells.filter((row) => row.length > 2 && row.at(-1) === '').length
  const most = Math.max(...cells.map(({ length }) => length))
  const isHeaded = cells.some((row) => row.length === most && row.at(-1) !== '')
  if (isHeaded || ended < MOSTLY * cells.length) return cells
  return cells.map((row) => (row.length === most && row.at(-1) === '' ? row.slice(0, -1) : row))
}

/** Units stand under names, and groups of names, with blanks between them, over them. */
function headerAbove(rows: readonly (readonly string[])[]): readonly string[] | undefined {
  const texts = rows.filter((row) => row.some((cell) => /\p{L}/u.test(cell)))
  return texts.find((row) => row.every((cell) => cell !== '')) ?? texts.at(-1)
}

async function jsonTable(archive: Archive, of: ElementsOf): Promise<DraftTable | undefined> {
  for (const { path, names, rows } of await draftJson(archive, of)) {
    const found = timeOf(rows)
    if (found) return { names, rows, hasHeader: true, ...found, ...(path !== '' && { path }) }
  }
  return undefined
}

/** The first column of times, or the first two of a date and a time of day. */
function timeOf(rows: readonly (readonly string[])[]): Pick<DraftTable, 'time' | 'how'> | undefined {
  const width = rows[0]?.length ?? 0
  const stampsOf = (places: readonly number[]) =>
    rows.map((row) => places.map((place) => row[place]).join(' '))
  for (let place = 0; place < width; place++) {
    const how = draftTime(stampsOf([place]))
    if (!how) continue
    const isDay =
      how.format === 'iso' ? rows.every((row) => !row[place]?.includes(':')) : !/[hHaus]/.test(how.format)
    const next = [place, place + 1]
    const both = isDay && place + 1 < width ? draftTime(stampsOf(next)) : undefined
    return both ? { time: next, how: both } : { time: [place], how }
  }
  for (const count of [5, 4]) {
    const places = Array.from({ length: Math.min(count, width) }, (_, place) => place)
    const how = draftTime(stampsOf(places))
    if (how) return { time: places, how }
  }
  return undefined
}
