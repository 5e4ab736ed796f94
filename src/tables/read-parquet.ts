import { asyncBufferFromFile, parquetMetadataAsync, parquetRead } from 'hyparquet'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import { BATCH_ROWS, type NumberBatch, type ReadOptions } from './number-batch.ts'

/** Reads numbers, times and flags of an Apache Parquet file, some thousand rows at a time. */
export async function* readParquet({ path, wanted }: ReadOptions): AsyncGenerator<NumberBatch> {
  const explained = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (cause) {
      throw new TickcastError('bad_file', `${path}: no Parquet that can be read: ${errorMessage(cause)}`, {
        cause,
      })
    }
  }
  const file = await explained(asyncBufferFromFile(path))
  const metadata = await explained(parquetMetadataAsync(file))
  const names = metadata.schema.slice(1).flatMap(({ name }) => (wanted(name) ? [name] : []))
  const total = Number(metadata.num_rows)
  for (let rowStart = 0; rowStart < total; rowStart += BATCH_ROWS) {
    const rowEnd = Math.min(total, rowStart + BATCH_ROWS)
    const columns = new Map(names.map((name) => [name, new Float64Array(rowEnd - rowStart)]))
    await explained(
      parquetRead({
        ...{ file, metadata, columns: names, rowStart, rowEnd },
        onChunk: ({ columnName, columnData, rowStart: first }) => {
          const column = columns.get(columnName)!
          for (let at = 0; at < columnData.length; at++) {
            const row = first + at
            if (row >= rowStart && row < rowEnd) column[row - rowStart] = numberOf(columnData[at])
          }
        },
      }),
    )
    yield { rows: rowEnd - rowStart, columns }
  }
}

function numberOf(cell: unknown): number {
  if (cell === null || cell === undefined) return Number.NaN
  return Number(cell)
}
