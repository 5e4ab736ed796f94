import type { Instant } from './instant.ts'

/**
 * The readings up to an issue time, every `stride` rows, as a view of the sliding window: nothing is copied
 * until `copyTo` is called, and the view is valid only until the window slides on.
 */
export interface Lookback {
  readonly issuedAt: Instant
  /** lookback rows / stride. */
  readonly steps: number
  /** Time between two steps: stride x cadence. */
  readonly stepSpan: number
  readonly channels: number
  /** Writes raw physical values, oldest first, the row of `issuedAt` last: shape [step][channel], NaN where never measured. */
  copyTo(target: Float32Array, offset?: number): void
}

/** Mean and standard deviation of each channel as known at a moment. Shapes: [channel]. */
export interface ScalerSnapshot {
  readonly count: number
  readonly mean: Float64Array
  /** Never zero: 1 where a channel has not varied. */
  readonly deviation: Float64Array
}

/** A lookback joined with what came: a training example, once all its labels have matured or are known to be missing. */
export interface Sample {
  readonly issuedAt: Instant
  /** Shape [step][channel], raw physical values. */
  readonly inputs: Float32Array
  /** The target at the issue time. */
  readonly base: number
  /** Shape [lead 24]; NaN where no measurement came. */
  readonly truth: Float32Array
}
