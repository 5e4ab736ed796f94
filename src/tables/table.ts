import type { Instant } from '../domain/instant.ts'

/** What a cell is: a time is an `Instant`; null where it is not known. */
export interface Column {
  readonly name: string
  readonly type: 'time' | 'number' | 'integer' | 'text' | 'flag'
}

export type Cell = Instant | number | string | boolean | null

/** In the order of the columns. */
export type Row = readonly Cell[]

/**
 * Turns rows into the bytes of a file, a batch at a time: what `encode` gives is to be written before the next call,
 * and may be empty where rows are collected to a greater block.
 */
export interface TableEncoder {
  encode(rows: readonly Row[]): Uint8Array
  /** The rest, once there are no more rows. */
  end(): Uint8Array
}
