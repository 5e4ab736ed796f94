import type { Instant } from './instant.ts'

/**
 * Where the states of stations are kept, and how tapes stand: a folder of the user's, or buckets of NATS. Held by
 * `test/contract/state-store.ts`, for both. Calls for a station take effect in the order they are made. Every one
 * rejects with a `TickcastError` where a person can help; the next call tries again.
 */
export interface StateStore {
  /**
   * Keeps the newest two checkpoints of a station; those at later positions are replaced. `state` is copied before this
   * returns, unless it lies in shared memory, which is not to be changed until this is settled. A store that keeps a record of what is published keeps `records` in the same transaction; another one
   * passes them over.
   */
  checkpoint(station: string, checkpoint: CheckpointToKeep): Promise<void>
  /** Newest first, each verified by its checksum: one that is damaged is left out, and reported to `onDamage`. */
  checkpoints(station: string): Promise<readonly KeptCheckpoint[]>
  /** Keeps how a tape stands, as JSON, in the place of what was kept of it before. */
  keepTape(station: string, tape: unknown): Promise<void>
  /** Undefined where nothing is kept, and where it is damaged, which is reported to `onDamage`. */
  tape(station: string): Promise<unknown>
  /**
   * Keeps a state beside those that are there, or in the place of one behind the same row, whose samples stay where
   * there are no new ones. Bytes are copied before this returns. Where the station's states and samples are then more
   * than `tapeBytes`, states are let go: each time the one whose neighbours are nearest to each other in event time,
   * ends last, this one never, though it be too large by itself. Samples all stay. What rejects has let go of none.
   */
  keepTapeState(station: string, state: KeptTapeState): Promise<void>
  /** Those that are there, by row and without their bytes, and how far the samples of all rows go. */
  tapeStates(station: string): Promise<TapeStates>
  /**
   * A state with all samples of rows up to its own, oldest first, each verified by its checksum. Undefined where it is
   * not there, and where it or any of them is damaged or missing, which is reported to `onDamage`. What is of no use
   * for that is forgotten: the state; with damaged samples all states and samples from their row on. So ask
   * `tapeStates` again.
   */
  tapeState(station: string, row: number): Promise<ReadTapeState | undefined>
  /** Forgets states and samples of rows beyond `after`. */
  forgetTapeStates(station: string, after: number): Promise<void>
  /** Forgets all of a station. */
  remove(station: string): Promise<void>
}

/** Of the states and samples of a station's tape at most, in bytes: with what a store needs around them below 300 million. */
export const TAPE_BYTES = 295e6

export interface CheckpointToKeep {
  /** Of the last tick that the state knows. */
  readonly position: number
  /** Of the newest reading that the state knows. */
  readonly eventTime: Instant | undefined
  readonly state: Uint8Array
  readonly records: readonly KeptRecord[]
}

export interface KeptCheckpoint {
  /** Of the last tick that the state knows. */
  readonly position: number
  readonly state: Uint8Array
  readonly writtenAt: Instant
}

export type RecordKind = 'reading' | 'forecast' | 'score'

/** What a station published. */
export interface KeptRecord {
  readonly what: RecordKind
  /** Of a replay; empty for live readings. */
  readonly session: string
  /** A reading's, a score's as-of, a forecast's issue time. */
  readonly eventTime: Instant
  /** JSON as published. */
  readonly message: unknown
}

/** A state of the models that replay a tape. */
export interface KeptTapeState {
  /** The state is behind this row of the tape. */
  readonly row: number
  /** Of that row. */
  readonly eventTime: Instant
  readonly state: Uint8Array
  /** Up to which issue time `samples` go; of no meaning without them. */
  readonly samplesTo: Instant
  /**
   * What the state needs beyond its own bytes and none of an earlier row has brought; undefined: nothing. Every later
   * state needs them too.
   */
  readonly samples: Uint8Array | undefined
}

/** Which states of a tape there are. */
export interface TapeStatePlace {
  readonly row: number
  readonly eventTime: Instant
  /** Of the state alone. */
  readonly bytes: number
  /** Up to which issue time samples of rows up to its own are kept; undefined: none are. */
  readonly samplesTo: Instant | undefined
}

export interface TapeStates {
  /** By row. */
  readonly states: readonly TapeStatePlace[]
  /** Up to which issue time samples are kept; undefined: none are. */
  readonly samplesTo: Instant | undefined
}

/** A state of a tape, and the samples that it needs, oldest first. */
export interface ReadTapeState {
  readonly state: Uint8Array
  readonly samples: readonly Uint8Array[]
}

/** What was found not to be as it was written. */
export interface Damage {
  /** Undefined where it is the store as a whole. */
  readonly station: string | undefined
  /** In words, with the place. */
  readonly message: string
}

/** Bytes to be read later on: a copy, unless they lie in shared memory, which whoever gave them leaves as it is. */
export function bytesToKeep(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof SharedArrayBuffer ? bytes : new Uint8Array(bytes)
}
