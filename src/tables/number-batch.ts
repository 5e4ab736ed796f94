import { TickcastError } from '../domain/errors.ts'
import { parseInstant } from '../domain/instant.ts'
import type { Column } from './table.ts'

/** Some rows of a file, a column at a time. NaN where a cell is empty; a time is an `Instant`, a flag 0 or 1. */
export interface NumberBatch {
  readonly rows: number
  /** Each of `rows` numbers. */
  readonly columns: ReadonlyMap<string, Float64Array>
}

/** What a column that is read holds; undefined of one that is passed over. */
export type Wanted = (column: string) => Exclude<Column['type'], 'text'> | undefined

export interface ReadOptions {
  readonly path: string
  readonly wanted: Wanted
}

/** Rows read at once. */
export const BATCH_ROWS = 8192

/** Of one cell of a text; throws a `TickcastError` that names where it stands. */
export function numberIn(cell: string, type: Exclude<Column['type'], 'text'>, place: () => string): number {
  if (cell === '') return Number.NaN
  const read = parsed(cell, type)
  if (read !== undefined) return read
  throw new TickcastError('bad_file', `${place()}: '${cell.slice(0, 60)}' is no ${NAMES[type]}`)
}

const NAMES = { time: 'time with a zone', number: 'number', integer: 'whole number', flag: 'true or false' }

function parsed(cell: string, type: Exclude<Column['type'], 'text'>): number | undefined {
  switch (type) {
    case 'time':
      return parseInstant(cell)
    case 'flag':
      return cell === 'true' ? 1 : cell === 'false' ? 0 : undefined
    case 'number':
    case 'integer': {
      const value = Number(cell)
      return Number.isFinite(value) && (type === 'number' || Number.isInteger(value)) ? value : undefined
    }
  }
}
