import type { ErrorCode } from '../domain/errors.ts'
import type { Instant } from '../domain/instant.ts'
import type { Damage, KeptCheckpoint, ReadTapeState, RecordKind, TapeStates } from '../domain/state-store.ts'

/** A record on its way to the file and back: its message as JSON text. */
export interface WrittenRecord {
  readonly what: RecordKind
  readonly session: string
  readonly eventTime: Instant
  readonly message: string
}

export interface WrittenTick {
  readonly station: string
  readonly receivedAt: Instant
  readonly tick: string
}

export interface JournalRow {
  readonly position: number
  readonly tick: string
}

export interface WrittenCheckpoint {
  readonly position: number
  readonly eventTime: Instant | undefined
  readonly writtenAt: Instant
  readonly state: Uint8Array
  readonly records: readonly WrittenRecord[]
}

/** A state of a tape on its way to the file. */
export interface WrittenTapeState {
  /** The state is behind this row of the tape. */
  readonly row: number
  readonly eventTime: Instant
  readonly writtenAt: Instant
  readonly state: Uint8Array
  /** Up to which issue time `samples` go; of no meaning without them. */
  readonly samplesTo: Instant
  readonly samples: Uint8Array | undefined
}

/** The place of a record among those of its kind: where a page ended. */
export interface RecordPlace {
  readonly eventTime: Instant
  readonly session: string
}

/** Which records: from `from` on, before `to`, behind `after` in the order asked for, `limit` of them at most. */
export interface RecordRange {
  readonly from?: Instant
  readonly to?: Instant
  /** The last record of the page before. */
  readonly after?: RecordPlace
  /** So many of those are passed over first. */
  readonly skip?: number
  readonly limit: number
  /** Default: oldest first. */
  readonly newestFirst?: boolean
}

/** Of what was published: all before a time, or all from one on. */
export type LetGoRange =
  | { readonly before: Instant; readonly from?: never }
  | { readonly from: Instant; readonly before?: never }

/** What the store's thread is asked, and what it answers, by kind. */
export interface Requests {
  /** Answers with the position of the first; the others follow it one by one. */
  append: { readonly ask: { readonly ticks: readonly WrittenTick[] }; readonly answer: number }
  journal: {
    readonly ask: { readonly station: string; readonly after: number }
    readonly answer: { readonly rows: readonly JournalRow[]; readonly readTo: number | undefined }
  }
  checkpoint: {
    readonly ask: { readonly station: string; readonly checkpoint: WrittenCheckpoint }
    readonly answer: undefined
  }
  record: {
    readonly ask: { readonly station: string; readonly records: readonly WrittenRecord[] }
    readonly answer: undefined
  }
  /** A piece of what was published before a time; answers whether there may be more. */
  letGo: { readonly ask: { readonly station: string; readonly range: LetGoRange }; readonly answer: boolean }
  describe: {
    readonly ask: { readonly station: string; readonly description: string }
    readonly answer: undefined
  }
  checkpoints: { readonly ask: { readonly station: string }; readonly answer: readonly KeptCheckpoint[] }
  records: {
    readonly ask: { readonly station: string; readonly what: RecordKind; readonly range: RecordRange }
    readonly answer: readonly WrittenRecord[]
  }
  keepTape: {
    readonly ask: { readonly station: string; readonly message: string }
    readonly answer: undefined
  }
  tape: { readonly ask: { readonly station: string }; readonly answer: string | undefined }
  keepTapeState: {
    readonly ask: { readonly station: string; readonly state: WrittenTapeState }
    readonly answer: undefined
  }
  tapeStates: { readonly ask: { readonly station: string }; readonly answer: TapeStates }
  tapeState: {
    readonly ask: { readonly station: string; readonly row: number }
    readonly answer: ReadTapeState | undefined
  }
  forgetTapeStates: {
    readonly ask: { readonly station: string; readonly after: number }
    readonly answer: undefined
  }
  remove: { readonly ask: { readonly station: string }; readonly answer: undefined }
  close: { readonly ask: Record<never, never>; readonly answer: undefined }
}

export type RequestKind = keyof Requests
export type Ask<K extends RequestKind = RequestKind> = {
  [Kind in K]: { readonly kind: Kind } & Requests[Kind]['ask']
}[K]

export type ToStore = { readonly id: number; readonly ask: Ask }

/** An error as it crosses threads; without a code it is a defect. */
export interface Failure {
  readonly code: ErrorCode | undefined
  readonly message: string
}

export type FromStore =
  | { readonly kind: 'opened' }
  | { readonly kind: 'salvaged' }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'damage'; readonly damage: Damage }
  | { readonly kind: 'answer'; readonly id: number; readonly value: Requests[RequestKind]['answer'] }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: Failure }

export interface StoreThreadData {
  /** `salvage`: the file is damaged; the thread salvages it and ends. */
  readonly task: 'serve' | 'salvage'
  readonly folder: string
  /** When it is opened, for whoever else wants the folder. */
  readonly since: Instant
  /** The file's size at most; default: as much as the disk holds. */
  readonly maxBytes: number | undefined
  /** Of the states and samples of a station's tape at most. */
  readonly tapeBytes: number
}
