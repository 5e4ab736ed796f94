import { badFile } from './bad-file.ts'
import type { LineBlock } from './lines.ts'
import { cellsOf } from './separated.ts'

/*
 * InfluxDB's annotated CSV, as `influx query --raw` and its HTTP API write it: tables one after another, one for each series,
 * each with lines `#datatype`, `#group` and `#default`, a header and its rows. Rows of one moment stand far apart, and time
 * begins anew with each table.
 */

const ANNOTATIONS = ['#datatype', '#group', '#default']
/** All rows are held to be put in order. */
const MOST_CHARACTERS = 128 * 1024 * 1024
const TIME = '_time'

export function isAnnotated(begin: string): boolean {
  return ANNOTATIONS.some((annotation) => begin.startsWith(annotation))
}
export const LONGEST_ANNOTATION = Math.max(...ANNOTATIONS.map(({ length }) => length))

interface Row {
  readonly number: number
  readonly time: number
  readonly cells: readonly string[]
}

interface Table {
  readonly names: readonly string[]
  readonly defaults: readonly string[]
  readonly rows: Row[]
}

/** The rows of all tables as one, in order of time, with the columns of all of them; each with its line in the file. */
export async function* annotatedLines(
  blocks: AsyncGenerator<LineBlock, void, undefined>,
  name: string,
): AsyncGenerator<LineBlock, void, undefined> {
  const tables: Table[] = []
  let defaults: readonly string[] = []
  let table: Table | undefined
  let characters = 0
  try {
    for await (const { lines, first } of blocks) {
      for (const [index, line] of lines.entries()) {
        const number = first + index
        characters += line.length
        if (characters > MOST_CHARACTERS)
          throw badFile(
            name,
            `more than ${MOST_CHARACTERS} characters of annotated CSV, which is put in order in memory: query less at a time`,
          )
        const cells = line.trim() === '' ? undefined : cellsOf(line, ',')
        if (cells === undefined || line.startsWith('#')) {
          // Annotations come in any order; the first of the next table lets go of what the last one said.
          if (table) defaults = []
          if (line.startsWith('#default')) defaults = cells ?? []
          table = undefined
          continue
        }
        if (table === undefined) {
          table = { names: cells, defaults, rows: [] }
          checkHeader(table, `${name}:${number}`)
          tables.push(table)
        } else table.rows.push(rowOf(table, { cells, number, place: `${name}:${number}` }))
      }
    }
  } finally {
    await blocks.return()
  }
  yield* inOrder(tables)
}

function checkHeader({ names }: Table, place: string): void {
  if (names.includes(TIME) || names.includes('error')) return
  throw badFile(
    place,
    `annotated CSV without a column ${TIME}: this is no series of points; expected the rows of a query, each with its time`,
  )
}

function rowOf(
  { names, defaults }: Table,
  {
    cells,
    number,
    place,
  }: { readonly cells: readonly string[]; readonly number: number; readonly place: string },
): Row {
  const error = names.indexOf('error')
  if (error >= 0 && !names.includes(TIME))
    throw badFile(place, `the query has failed: ${(cells[error] ?? '').slice(0, 200)}`)
  if (cells.length !== names.length)
    throw badFile(place, `${cells.length} cells under a header of ${names.length}: is the file cut off?`)
  const filled = names.map((_, index) => cells[index] || (defaults[index] ?? ''))
  const time = Date.parse(filled[names.indexOf(TIME)] ?? '')
  // What has no time is refused further on, by its line; it comes first.
  return { number, time: Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time, cells: filled }
}

function* inOrder(tables: readonly Table[]): Generator<LineBlock, void, undefined> {
  const names = [...new Set(tables.flatMap((table) => table.names))]
  // Of a query without a row nothing is left.
  if (names.length === 0) return
  yield { lines: [names.map(quoted).join(',')], first: 1, open: false }
  const rows = tables.flatMap((table) => {
    const places = names.map((column) => table.names.indexOf(column))
    return table.rows.map((row) => ({ ...row, places }))
  })
  rows.sort((a, b) => (a.time === b.time ? a.number - b.number : a.time - b.time))
  for (const { cells, number, places } of rows) {
    const line = places.map((place) => quoted(place < 0 ? '' : (cells[place] ?? ''))).join(',')
    yield { lines: [line], first: number, open: false }
  }
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell
}
