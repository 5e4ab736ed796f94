import { formatInstant, type Instant } from '../domain/instant.ts'
import type { TickMessage } from '../protocol/tick.ts'

/** Column or path, and the name in it. */
export type Named = readonly (readonly [key: string, name: string])[]

/** A row as read from a file, a request body or standard input, not validated. */
export interface RawRow {
  /** Where it stood, for messages to people: `jena_2020.csv:123`, `body:2`. */
  readonly place: string
  /** Undefined where the stamp could not be read; the reason is in `malformed`. */
  readonly eventTime: Instant | undefined
  readonly values: TickMessage['values']
  /** It named no time, and is of when it came. */
  readonly isTimeless?: boolean
  /** What it says of whose it is, in columns that the station does not ask for: each, and what it holds. */
  readonly named?: Named
  /** No reading: what somebody else has forecast. */
  readonly outside?: NonNullable<TickMessage['outside']>
  /** No reading of the station's: what a neighbour has measured. */
  readonly neighbour?: NonNullable<TickMessage['neighbour']>
  readonly malformed?: NonNullable<TickMessage['malformed']>
}

/** Makes a row a tick. `run` tells one feed or replay session from another, so that a retry collapses and a re-run does not. */
export function tickOf(
  row: RawRow,
  {
    run,
    ingestTime,
    replay,
  }: {
    readonly run: string
    readonly ingestTime: Instant
    readonly replay?: NonNullable<TickMessage['replay']>
  },
): TickMessage {
  return {
    event_time: row.eventTime === undefined ? '' : formatInstant(row.eventTime),
    ingest_time: formatInstant(ingestTime),
    id: `${run}/${row.place}`,
    values: row.values,
    ...(row.outside && { outside: row.outside }),
    ...(row.neighbour && { neighbour: row.neighbour }),
    ...(row.malformed && { malformed: row.malformed }),
    ...(replay && { replay }),
  }
}
