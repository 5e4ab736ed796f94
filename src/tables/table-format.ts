import type { Column, TableEncoder } from './table.ts'

export const TABLE_FORMATS = ['parquet', 'csv', 'ndjson'] as const
export type TableFormat = (typeof TABLE_FORMATS)[number]

/** By the ending of a file's name; undefined for any other. */
export function formatOf(file: string): TableFormat | undefined {
  return TABLE_FORMATS.find((format) => file.toLowerCase().endsWith(`.${format}`))
}

/** Loads what writes a format: nobody pays for one that is not asked for. */
export async function encoderFor(format: TableFormat): Promise<(columns: readonly Column[]) => TableEncoder> {
  switch (format) {
    case 'parquet':
      return (await import('./parquet.ts')).parquetEncoder
    case 'csv':
      return (await import('./csv.ts')).csvEncoder
    case 'ndjson':
      return (await import('./ndjson.ts')).ndjsonEncoder
  }
}
