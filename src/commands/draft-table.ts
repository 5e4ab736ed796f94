import { openArchive } from '../../replay/archive.ts'
import { badFile } from '../ingest/bad-file.ts'
import { type DraftTime, draftTime } from '../ingest/draft-time.ts'
import { isRecord, leavesOf } from '../ingest/json-path.ts'
import { linesOf } from '../ingest/lines.ts'
import { cellsOf, SEPARATORS } from '../ingest/separated.ts'

/** A file as it looks to somebody who knows nothing of it: names, and the first rows. */
export interface DraftTable {
  readonly names: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly hasHeader: boolean
  /** Places of the columns that make up the time. */
  readonly time: readonly number[]
  readonly how: DraftTime
}

const SAMPLE_LINES = 400

export async function draftTable(path: string): Promise<DraftTable> {
  const archive = await openArchive(path)
  const lines: string[] = []
  for await (const block of linesOf(archive.bytes(), { name: archive.name })) {
    for (const line of block.lines) if (line.trim() !== '') lines.push(line)
    if (lines.length >= SAMPLE_LINES) break
  }
  const first = lines[0]?.trimStart() ?? ''
  const tables =
    first.startsWith('{') || first.startsWith('[')
      ? [jsonTable(lines)]
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
  const cells = lines.map((line) => cellsOf(line, separator)?.map((cell) => cell.trim()) ?? [])
  const counts = new Map<number, number>()
  for (const row of cells.slice(cells.length >> 1)) counts.set(row.length, (counts.get(row.length) ?? 0) + 1)
  const width = [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 0
  if (width < 2) return undefined
  // Of a short file, too, the later half is rows.
  const whole = cells.filter((row) => row.length === width)
  const last = whole.slice(-Math.max(1, Math.min(50, whole.length >> 1)))
  const found = timeOf(last)
  if (!found) return undefined
  const isRow = (row: readonly string[]) =>
    row.length === width && draftTime([found.time.map((place) => row[place]).join(' ')]) !== undefined
  const begin = cells.findIndex(isRow)
  const header = headerAbove(cells.slice(0, begin).filter((row) => row.length === width))
  const names = header ?? cells[begin]!.map((_, index) => String(index + 1))
  return {
    names: names.map((name) => name.replace(/^[#%]\s*/, '')),
    rows: cells.slice(begin).filter(isRow),
    hasHeader: header !== undefined,
    ...found,
  }
}

/** Units stand under names, and groups of names, with blanks between them, over them. */
function headerAbove(rows: readonly (readonly string[])[]): readonly string[] | undefined {
  const texts = rows.filter((row) => row.some((cell) => /\p{L}/u.test(cell)))
  return texts.find((row) => row.every((cell) => cell !== '')) ?? texts.at(-1)
}

/** The leaves of JSON, by their paths. */
function jsonTable(lines: readonly string[]): DraftTable | undefined {
  const ticks = lines.flatMap((line) => {
    try {
      const tick: unknown = JSON.parse(
        line.replace(/^\s*\[?|[\],]*\s*$/g, (sign) => (sign.includes('}') ? sign : '')),
      )
      return isRecord(tick) ? [tick] : []
    } catch {
      return []
    }
  })
  const leaves = ticks.map((tick) => new Map(leavesOf(tick)))
  const names = [...new Set(leaves.flatMap((each) => [...each.keys()]))].slice(0, 64)
  const rows = leaves.map((each) => names.map((name) => each.get(name) ?? ''))
  const found = timeOf(rows)
  return found && { names, rows, hasHeader: true, ...found }
}

/** The first column of times, or the first two of a date and a time of day. */
function timeOf(rows: readonly (readonly string[])[]): Pick<DraftTable, 'time' | 'how'> | undefined {
  const width = rows[0]?.length ?? 0
  const stampsOf = (places: readonly number[]) =>
    rows.map((row) => places.map((place) => row[place]).join(' '))
  for (let place = 0; place < width; place++) {
    const how = draftTime(stampsOf([place]))
    if (!how) continue
    const isDay = !/[hHaus]/.test(how.format)
    const next = [place, place + 1]
    const both = isDay && place + 1 < width ? draftTime(stampsOf(next)) : undefined
    return both ? { time: next, how: both } : { time: [place], how }
  }
  return undefined
}
