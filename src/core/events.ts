import type { Forecast } from '../domain/forecast.ts'
import type { Lookback } from '../domain/lookback.ts'
import type { NeighbourReading } from '../domain/neighbour.ts'
import type { OutsideForecast } from '../domain/outside.ts'
import type { Reading, Rejection, ReplayMark } from '../domain/reading.ts'
import type { Gap } from '../ingest/bridge.ts'
import type { OutsideMessage } from '../protocol/outside.ts'
import type { TickMessage } from '../protocol/tick.ts'
import type { Joined } from './truth-join.ts'

/** A tick on its way in, under a number by which it is acknowledged. */
export interface TickDelivery {
  readonly delivery: number
  readonly tick: TickMessage
  /** In the journal, where it was written there. */
  readonly position?: number
}

/** A reading, and what each stage has made of it so far. */
export interface ReadingEvent {
  readonly kind: 'reading'
  readonly reading: Reading
  /** Forecasts whose truth is known now, and examples to learn from. */
  readonly joined: Joined
  /** The reading's row in the history where the window is full, else -1. */
  readonly row: number
  /** Undefined while the window fills. */
  readonly lookback: Lookback | undefined
  /** Where one was due. */
  readonly forecast: Forecast | undefined
}

export interface RejectedEvent {
  readonly kind: 'rejected'
  readonly tick: string
  /** RFC 3339, or what stood there instead. */
  readonly eventTime: string
  readonly ingestTime: string
  readonly rejection: Rejection
  readonly replay: ReplayMark | undefined
}

/** Somebody else's forecast has come. */
export interface OutsideEvent {
  readonly kind: 'outside'
  readonly forecast: OutsideForecast
  /** As it came; absent of one that was held back since before it was kept. */
  readonly said?: OutsideMessage | undefined
  /** Of the tick that it came in. */
  readonly tick: string
  readonly ingestTime: string
  readonly replay: ReplayMark | undefined
}

/** Another station has measured something. */
export interface NeighbourEvent {
  readonly kind: 'neighbour'
  readonly reading: NeighbourReading
  readonly replay: ReplayMark | undefined
}

/** What flows: most of it readings, in order of event time, and between them what else is worth knowing. Plain data up to the window. */
export type PipelineEvent =
  | ReadingEvent
  | RejectedEvent
  | Gap
  /** A replay session begins: every stage forgets what it knows. `again`: the first reading of all comes again, more of it. */
  | { readonly kind: 'session'; readonly session: string; readonly again?: true }
  /** A sentinel was masked. */
  | { readonly kind: 'masked'; readonly cells: number }
  /** The owner says that what the target's sensor says is real. */
  | { readonly kind: 'accepted' }
  | OutsideEvent
  | NeighbourEvent
  /** The tick of this delivery has set off nothing more. */
  | { readonly kind: 'done'; readonly delivery: number }

const NOTHING: Joined = { settlements: [], examples: [], closed: [] }

export function readingEvent(reading: Reading): ReadingEvent {
  return { kind: 'reading', reading, joined: NOTHING, row: -1, lookback: undefined, forecast: undefined }
}
