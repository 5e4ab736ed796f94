import type { Forecast, Settlement } from '../domain/forecast.ts'
import type { Lookback, Sample } from '../domain/lookback.ts'
import type { Reading, Rejection, ReplayMark } from '../domain/reading.ts'
import type { Gap } from '../ingest/bridge.ts'
import type { TickMessage } from '../protocol/messages.ts'

/** One tick on its way through the pipeline. */
export interface Turn {
  readonly tick: TickMessage
  /** Called once, when all that the tick set off has been done; with a promise where the bus has yet to take some of it on. */
  done(published: Promise<void> | undefined): void
}

/** A reading, and what each stage has made of it so far. */
export interface ReadingMoment {
  readonly kind: 'reading'
  readonly reading: Reading
  /** Forecasts whose truth this reading is. */
  readonly settlements: readonly Settlement[]
  /** Training examples whose last label this reading is. */
  readonly samples: readonly Sample[]
  /** Undefined while the window fills. */
  readonly lookback: Lookback | undefined
  /** Where one was due. */
  readonly forecast: Forecast | undefined
}

export interface RejectedMoment {
  readonly kind: 'rejected'
  readonly tick: string
  /** RFC 3339, or what stood there instead. */
  readonly eventTime: string
  readonly ingestTime: string
  readonly rejection: Rejection
  readonly replay: ReplayMark | undefined
}

/** What flows: most of it readings, in order of event time, and between them what else is worth knowing. */
export type Moment =
  | ReadingMoment
  | RejectedMoment
  | Gap
  /** A replay session begins: every stage forgets what it knows. */
  | { readonly kind: 'session'; readonly session: string }
  /** A sentinel was masked. */
  | { readonly kind: 'masked'; readonly cells: number }
  /** The tick of this turn has set off nothing more. */
  | { readonly kind: 'done'; readonly turn: Turn }

export function readingMoment(reading: Reading): ReadingMoment {
  return { kind: 'reading', reading, settlements: [], samples: [], lookback: undefined, forecast: undefined }
}
