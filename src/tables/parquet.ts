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
  let cells: Cell[][] = columns.map(() => [])

  const writeGroup = (): void => {
    const columnData = columns.map(({ name, type }, at) => ({
      name,
      data: type === 'time' ? cells[at]!.map(dateOf) : cells[at]!,
      offsetIndex: false,
    }))
    cells = columns.map(() => [])
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
        for (let at = 0; at < columns.length; at++) cells[at]!.push(row[at] ?? null)
        if (cells[0]!.length === ROW_GROUP) writeGroup()
      }
      return taken()
    },
    end() {
      if (cells[0]!.length > 0) writeGroup()
      void writer.finish()
      return taken()
    },
  }
}

function dateOf(cell: Cell): Date | null {
  return cell === null ? null : new Date(Number(cell))
}
