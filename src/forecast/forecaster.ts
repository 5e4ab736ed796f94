import type { Instant } from '../domain/instant.ts'
import type { Lookback } from '../domain/lookback.ts'
import type { NeighboursNow } from '../domain/neighbour.ts'
import type { Reading } from '../domain/reading.ts'
import type { Weights } from '../domain/weights.ts'
import type { AheadNow } from './ahead/ahead-columns.ts'
import type { Example } from './features/example.ts'
import type { OutsideNow } from './outside/outside-book.ts'

/** What `create` of a forecaster of one's own is handed. */
export type { Station } from '../domain/station.ts'

/** What a forecaster may look at when a forecast is due. Nothing in it is later than `issuedAt`. */
export interface Issue {
  readonly issuedAt: Instant
  /** The newest real measurement of the target. */
  readonly current: number
  /** Undefined until the window has filled up. */
  readonly lookback: Lookback | undefined
  /** The columns of `featureLayout`, made once for all models; absent where nobody has made them. */
  readonly features?: Float64Array
  /**
   * The newest weights in effect of an expert that is trained beside the stream; absent for any other, and before the
   * first.
   */
  readonly weights?: Weights
  /** What others say of the hours to come; absent where nobody says anything. */
  readonly outside?: OutsideNow
  /** What neighbours have measured; absent where none has said anything of late. */
  readonly neighbours?: NeighboursNow
  /** What is said of other quantities than the target; absent where nothing is. */
  readonly ahead?: AheadNow
  /** The base of recurrent networks by lead and their columns, of a station that names quantities. */
  readonly lookahead?: Float32Array
}

/** What a network that is trained beside the stream is to be taught of an example. */
export interface Taught {
  /** Shape [lead 24]; NaN where there is nothing to teach. */
  readonly targets: Float32Array
  /**
   * Of a network that has inputs of its own: its rows, always as many, of which the first targets are, one each. Absent of
   * one on the features.
   */
  readonly rows?: readonly Float32Array[]
}

/**
 * The contract of every model, baseline or network. It observes each reading once, in order of event time, and is
 * asked for forecasts in between. A forecaster itself never changes: whatever it has come to know is in its state, one
 * plain record (numbers, strings, null and undefined, typed arrays, arrays, records, Maps: whatever `serialize` of
 * `node:v8` writes and reads), which is handed in to each call. So one forecaster serves any number of states, a
 * checkpoint is the state written out, and a rollback is an earlier one. Every model passes the suite in
 * `test/contract/forecaster.ts`: 24 leads, finite numbers, seeded repeatability, states that survive being written and
 * share nothing, blindness to later readings.
 */
export interface Forecaster<State = unknown> {
  /** Its name in messages, tables and flags: `persistence`, `seasonal_naive`, `climatology`, `gru`. */
  readonly name: string
  /** True of one that may say nothing at some leads: its prediction is NaN there, and takes no part. */
  readonly sleeps?: true
  /** What it knows before the first reading: plain data, handed to every other call, which may change it in place. */
  initial(): State
  observe(state: State, reading: Reading): void
  /**
   * Takes in an earlier issue whose labels have matured, right after the reading that completed it was observed. Gives
   * back what a network trained beside the stream is to be taught of it; nothing where it trains none or cannot tell
   * yet.
   */
  learn?(state: State, example: Example): Taught | undefined
  /** Means for leads +1..+24 h, in the target's unit, shape [lead 24]; undefined while it is unavailable. */
  predict(state: State, issue: Issue): Float64Array | undefined
}
