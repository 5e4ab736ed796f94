import type { Instant } from '../domain/instant.ts'

/** What is kept of what a station published, by the topic it was published on. */
export type RecordTopic = 'reading' | 'forecast' | 'score' | 'outside'

/** The place of a record among those of its topic. */
export interface RecordPlace {
  readonly eventTime: Instant
  readonly session: string
}

export interface PublishedRecord extends RecordPlace {
  /** As it was published. */
  readonly message: unknown
}

/** Those from `from` on, before `to` and behind `after`; the first `skip` of them left out, and `limit` at most. */
export interface RecordRange {
  readonly from?: Instant
  readonly to?: Instant
  readonly after?: RecordPlace
  readonly skip?: number
  readonly limit: number
}

/** Where what was published can be read again. */
export interface RecordSource {
  /** In words: a folder. */
  readonly folder: string
  /** In order of event time, with all that was published before the call. */
  records(station: string, topic: RecordTopic, range: RecordRange): Promise<readonly PublishedRecord[]>
}
