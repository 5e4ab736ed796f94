import type { Instant } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import type { LineBlock } from './lines.ts'
import type { RawRow } from './raw-row.ts'

export interface RowsOptions {
  /** What is earlier is left out without reading more of it than its stamp. */
  readonly from?: Instant | undefined
}

/** Rows of a text, whatever it is written in. */
export interface RowSource {
  /** The station as far as the text goes: channels without a column are left out. */
  readonly station: Station
  /** What a person should know of it, a sentence each; more may come while rows are read. */
  readonly notes: readonly string[]
  /** The rows, once, in a batch for each chunk of bytes, pulled as fast as they are consumed. */
  rows(options?: RowsOptions): AsyncGenerator<readonly RawRow[], void, undefined>
  /** Rows of lines that come in another way: from the end of a file, say. */
  rowsOf(
    lines: AsyncIterable<LineBlock>,
    options?: RowsOptions,
  ): AsyncGenerator<readonly RawRow[], void, undefined>
  /** Number of the first line that may be a row, from 1. */
  readonly rowsBegin: number
  /** What a line without an end lacks of a row of this text; undefined where it may be whole. */
  torn(line: string): string | undefined
  /** The time of a line of this text taken by itself; undefined where it has none. */
  stampOf(line: string): Instant | undefined
  /** Lets go of the bytes where the rows are not wanted. */
  close(): Promise<void>
}

export interface SourceOptions {
  /** What rows are named after: `jena_2020.csv` makes `jena_2020.csv:2` the first. */
  readonly name: string
  readonly station: Station
  /** What a person may do about a header that does not fit. */
  readonly hint?: string | undefined
  /** True where a last row that is cut off tells that the text is: an error then. Default: it is a malformed row. */
  readonly whole?: boolean | undefined
  /** True where rows come as they are measured, and none is waited for to see how they are written. */
  readonly live?: boolean | undefined
  /** The clock where rows come live. */
  readonly now?: (() => Instant) | undefined
  /** Told of what is met while rows are read, a sentence each, once. */
  readonly onNote?: ((note: string) => void) | undefined
}
