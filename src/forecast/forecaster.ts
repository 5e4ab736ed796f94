import type { Instant } from '../domain/instant.ts'
import type { Lookback } from '../domain/lookback.ts'
import type { Reading } from '../domain/reading.ts'
import type { Example } from './features/example.ts'

/** What a forecaster may look at when a forecast is due. Nothing in it is later than `issuedAt`. */
export interface Issue {
  readonly issuedAt: Instant
  /** The newest real measurement of the target. */
  readonly current: number
  /** Undefined until the window has filled up. */
  readonly lookback: Lookback | undefined
  /** The columns of `featureLayout`, made once for all models; absent where nobody has made them. */
  readonly features?: Float64Array
}

/**
 * The contract of every model, baseline or network. It observes each reading once, in order of event time, and is
 * asked for forecasts in between. Every model passes the suite in `test/contract/forecaster.ts`: 24 leads, finite
 * numbers, seeded repeatability, snapshot round trip, blindness to later readings.
 */
export interface Forecaster {
  /** Its name in messages, tables and flags: `persistence`, `seasonal_naive`, `climatology`, `gru`. */
  readonly name: string
  observe(reading: Reading): void
  /** Takes in an earlier issue whose labels have matured, right after the reading that completed it was observed. */
  learn?(example: Example): void
  /** Means for leads +1..+24 h, in the target's unit, shape [lead 24]; undefined while it cannot say. */
  predict(issue: Issue): Float64Array | undefined
  /** Its whole memory as plain data, and back. */
  snapshot(): unknown
  restore(snapshot: unknown): void
}
