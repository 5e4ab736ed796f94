import { formatInstant } from '../domain/instant.ts'
import type { Column, TableEncoder } from './table.ts'

/** An object a line, its keys the columns: times in RFC 3339, null where it is not known. */
export function ndjsonEncoder(columns: readonly Column[]): TableEncoder {
  return {
    encode: (rows) =>
      jsonLines(
        rows.map((row) =>
          Object.fromEntries(
            columns.map(({ name, type }, at) => {
              const cell = row[at] ?? null
              return [name, type === 'time' && cell !== null ? formatInstant(Number(cell)) : cell]
            }),
          ),
        ),
      ),
    end: () => new Uint8Array(),
  }
}

export function jsonLines(values: readonly unknown[]): Uint8Array {
  return Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''))
}
