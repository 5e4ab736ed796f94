import type { Instant } from './instant.ts'

/** What marks everything that stems from a replay: which one, how fast, and whether it stood still. */
export interface ReplayMark {
  /** A new one whenever a tape begins anew or goes on from a kept state. */
  readonly session: string
  /** Event time over wall time; Infinity is 'as fast as possible'. */
  readonly speed: number
  readonly paused: boolean
  /** It is lived again: what it sets off was published before, and is not published. */
  readonly unsaid?: true
}

/** A validated measurement of all channels of a station at one time. Built by `ingest/` alone. */
export interface Reading {
  readonly eventTime: Instant
  readonly ingestTime: Instant
  /** Shape [channel], in station order and physical units; NaN where nothing was measured. */
  readonly values: Float64Array
  /** True where no measurement came and the last one is held in its place: never scored as truth. */
  readonly bridged: boolean
  /** The id of the tick it came in, for those who must say which one was refused; a bridged one has none. */
  readonly tick?: string
  readonly replay?: ReplayMark
  /** The target was masked: what the sensor said is no measurement. `values` has NaN in its place. */
  readonly flagged?: Flagged
}

/**
 * What is wrong with a sensor: `spike` it has just jumped away, `shift` it stays on another level, `stuck` it says the
 * same again and again.
 */
export type SensorFault = 'spike' | 'shift' | 'stuck'

export interface Flagged {
  readonly fault: SensorFault
  /** What came in, in the target's unit. */
  readonly value: number
}

/** Why a tick is no reading: which field, what it held, and the rule it breaks. */
export interface Rejection {
  readonly field: string
  readonly value: string | number | null
  /** For people, e.g. `0..100 %`. */
  readonly rule: string
  readonly reason: RejectionReason
}

export type RejectionReason =
  | 'malformed' // cells missing, letters in numbers, an unreadable stamp
  | 'unknown_field'
  | 'out_of_limits'
  | 'empty' // no channel holds a value
  | 'duplicate' // a second tick for a time already read
  | 'contradiction' // a second one that says otherwise
  | 'no_difference' // a count without one before it to take the difference from
  | 'late' // older than the watermark
  | 'future' // ahead of the clock of the machine that took it in
  | 'outlier_time' // one stamp far ahead of its neighbours
