import { stringify } from 'csv-stringify/sync'
import { formatInstant } from '../domain/instant.ts'
import type { Cell, Column, Row, TableEncoder } from './table.ts'

/** RFC 4180 with a line of names, in UTF-8. Times in RFC 3339, numbers with every digit, nothing where it is not known. */
export function csvEncoder(columns: readonly Column[]): TableEncoder {
  let headed = false
  const encode = (rows: readonly Row[]): Uint8Array => {
    const lines = rows.map((row) => row.map((cell, at) => shown(cell, columns[at]!)))
    if (!headed) lines.unshift(columns.map(({ name }) => name))
    headed = true
    return Buffer.from(stringify(lines))
  }
  return { encode, end: () => (headed ? new Uint8Array() : encode([])) }
}

function shown(cell: Cell, { type }: Column): string {
  if (cell === null) return ''
  return type === 'time' ? formatInstant(Number(cell)) : String(cell)
}
