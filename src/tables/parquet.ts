import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import type { Cell, Column, TableEncoder } from './table.ts'

/** Rows that are collected before a block of them is written: what the writer holds at most. */
export const ROW_GROUP = 8192

const TYPES = {
  time: 'TIMESTAMP',
  number: 'DOUBLE',
  integer: 'INT32',
  text: 'STRING',
  flag: 'BOOLEAN',
} as const satisfies Record<Column['type'], string>

/** Apache Parquet: times are timestamps in UTC, to the millisecond; every column may hold nulls. */
export function parquetEncoder(columns: readonly Column[]): TableEncoder {
  const bytes = new ByteWriter()
  const schema = schemaFromColumnData({
    columnData: columns.map(({ name, type }) => ({ name, data: [], type: TYPES[type] })),
  })
  const writer = new ParquetWriter({ writer: bytes, schema, createdBy: 'tickcast' })
  const group = columns.map(({ type }) => collected(type))
  let rowsHeld = 0

  const writeGroup = (): void => {
    const columnData = columns.map(({ name, type }, at) => ({
      name,
      data: group[at]!.values(rowsHeld),
      // Measured numbers hardly repeat: a dictionary is work for nothing.
      ...(type === 'number' && { encoding: 'PLAIN' as const }),
      offsetIndex: false,
    }))
    rowsHeld = 0
    // Without a `flush` of the bytes' own nothing is waited for.
    void writer.write({ columnData, rowGroupSize: ROW_GROUP })
  }
  const taken = (): Uint8Array => {
    const copy = Uint8Array.from(bytes.getBytes())
    bytes.index = 0
    return copy
  }

  return {
    encode(rows) {
      for (const row of rows) {
        for (let at = 0; at < columns.length; at++) group[at]!.put(rowsHeld, row[at] ?? null)
        if (++rowsHeld === ROW_GROUP) writeGroup()
      }
      return taken()
    },
    end() {
      if (rowsHeld > 0) writeGroup()
      void writer.finish()
      return taken()
    },
  }
}

/** The cells of a column in the rows of a group. */
interface Collected {
  put(row: number, cell: Cell): void
  values(rows: number): unknown[] | Float64Array
}

/** Numbers lie side by side, and are made to objects for as long as a column takes to be written. */
function collected(type: Column['type']): Collected {
  if (type === 'text' || type === 'flag') {
    const cells: Cell[] = []
    return {
      put(row, cell) {
        cells[row] = cell
      },
      values: (rows) => cells.slice(0, rows),
    }
  }
  const numbers = new Float64Array(ROW_GROUP)
  const known = type === 'time' ? (number: number) => new Date(number) : (number: number) => number
  return {
    put(row, cell) {
      numbers[row] = cell === null ? Number.NaN : Number(cell)
    },
    values(rows) {
      const held = numbers.subarray(0, rows)
      if (type === 'number' && !held.some(Number.isNaN)) return held
      return Array.from(held, (number) => (Number.isNaN(number) ? null : known(number)))
    },
  }
}
