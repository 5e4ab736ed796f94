import { HOUR, type Instant } from './instant.ts'

/** Leads +1 h to +24 h; index k holds lead k + 1. */
export const LEADS = 24

/** The quantile levels that every published forecast carries: the 50, 80 and 90 % intervals and the median. */
export const QUANTILE_LEVELS = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95] as const

export function validTime(issuedAt: Instant, leadIndex: number): Instant {
  return issuedAt + (leadIndex + 1) * HOUR
}

/** What was made of the models of an issue, for when its truths come. Shape of each: [lead 24], where none is said. */
export interface Taken {
  /** Experts that were not listened to at some lead, with NaN there. */
  readonly experts: ReadonlyMap<string, Float64Array>
  /** Of all experts that were awake; NaN where none was. */
  readonly middle: Float64Array
  /** What the mixture, and one that forgets, would have published by themselves. */
  readonly lasting: Float64Array
  readonly recent: Float64Array
  /** What issuers said, combined; NaN at leads at which none did, absent where at all. */
  readonly issuers?: Float64Array
  /** What the size of its errors may depend on. Shape [lead 24][sign 4]. */
  readonly signs: Float64Array
}

/** A forecast of the target for the next 24 hours, from what was known at `issuedAt` and nothing later. */
export interface Forecast {
  readonly issuedAt: Instant
  /** The model that is published: `mixture`. Its mean is also in `models`. */
  readonly model: string
  /** Shape [lead 24], in the target's unit. */
  readonly mean: Float64Array
  /** Shape [lead 24][level 7], levels as QUANTILE_LEVELS, ordered within a lead. */
  readonly quantiles: readonly Float64Array[]
  /** What each model predicted, the published one included; NaN where one slept. Shape of each: [lead 24]. */
  readonly models: ReadonlyMap<string, Float64Array>
  /** What each expert weighs in the published mean; at each lead they sum to 1. Shape of each: [lead 24]. */
  readonly weights: ReadonlyMap<string, Float64Array>
  /** What the mixture made of the models; absent of what was issued before it was kept. */
  readonly taken?: Taken
  /** Version of the network weights that took part; 0 before any were promoted. */
  readonly weightsVersion: number
  /** Where it is to be kept beside the forecast. */
  readonly basis?: ForecastBasis
}

/** What a forecast rests on beside what its models said: what its receipt is made of. */
export interface ForecastBasis {
  /** The measurement that it was issued at. */
  readonly current: number
  /** When that was taken in; absent on a tape. */
  readonly takenIn?: Instant
  /** Readings of the 24 hours up to the issue, and how many of them were bridged or masked. */
  readonly lastDay: { readonly readings: number; readonly unmeasured: number }
  /** Runs of others that say something of its leads: an issuer's, or of `issuer.quantity`. */
  readonly outside?: readonly {
    readonly source: string
    readonly issuedAt: Instant
    readonly availableAt: Instant
  }[]
  readonly intervals: IntervalBasis
}

/** What the intervals of a forecast rest on. Shapes: [lead 24]. */
export interface IntervalBasis {
  /** Errors that were learnt from. */
  readonly errors: readonly number[]
  /** Of which errors they are; `spread`: too few have come, it is the target's own. */
  readonly scales: readonly string[]
  /** At which the 90 % interval aims, so that 90 % hold. */
  readonly level90: readonly number[]
}

/** One forecast at one lead, once its truth was read: all its models against that truth. */
export interface Settlement {
  readonly issuedAt: Instant
  readonly validAt: Instant
  readonly leadIndex: number
  readonly truth: number
  /** What each model had predicted that was awake at this lead, for this lead as for the others. Shape of each: [lead 24]. */
  readonly models: ReadonlyMap<string, Float64Array>
  /** As the forecast has it. */
  readonly taken?: Taken | undefined
  /** The published quantiles for this lead. Shape [level 7]. */
  readonly quantiles: Float64Array
}
