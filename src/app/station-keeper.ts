import type { ModelDescription } from '../core/state-codec.ts'
import { readState, writeState } from '../core/state-codec.ts'
import type { StationState } from '../core/station-state.ts'
import { errorMessage } from '../domain/errors.ts'
import { DAY, HOUR, type Instant } from '../domain/instant.ts'
import type { StationKeeper } from '../flow/station-stream.ts'
import type { Keep, KeptRecord } from '../store/keep.ts'

/** Ticks from one checkpoint to the next: as many are worked off again after a crash, in a second or two. */
const TICKS_A_CHECKPOINT = 500
/** What is published is on the disk so long after, or sooner. */
const RECORDS_EVERY_MS = 1000

export interface StationKeeperOptions {
  readonly keep: Keep
  readonly station: string
  readonly description: ModelDescription
  /** Something could not be kept; the station goes on, and it is tried again in its turn. */
  readonly onError: (error: Error) => void
  /** Ticks from one checkpoint to the next; default 500. */
  readonly every?: number | undefined
  /** What was published up to here stays as it is on record: another model would forecast otherwise. Default: none. */
  readonly recordedUpTo?: Instant | undefined
}

/** A keeper whose record can be read as far as it was published. */
export interface RecordingKeeper extends StationKeeper {
  /** Fulfilled when all that was published so far is on the disk, or cannot be brought there for now. */
  recorded(): Promise<void>
}

/**
 * Keeps a live station: its state now and then and at the end, and what it published a second later at most. After a
 * crash the newest checkpoint and the journal behind it lead to where the record ends, and on from there.
 */
export function stationKeeper({
  keep,
  station,
  description,
  onError,
  every = TICKS_A_CHECKPOINT,
  recordedUpTo = Number.NEGATIVE_INFINITY,
}: StationKeeperOptions): RecordingKeeper {
  let records: KeptRecord[] = []
  let due: NodeJS.Timeout | undefined
  let failing = false
  let ticks = 0
  let closed = false
  let writing: Promise<void> = Promise.resolve()

  const recorded = (): Promise<void> => {
    clearTimeout(due)
    due = undefined
    if (records.length === 0) return writing
    const taken = records
    records = []
    writing = writing
      .then(() => keep.record(station, taken))
      .then(() => {
        failing = false
      })
      .catch((error: unknown) => {
        records = [...taken, ...records]
        // Told once, and not every second: the next checkpoint tells again.
        if (!failing) onError(new Error(`the record of ${station} is not kept: ${errorMessage(error)}`))
        failing = true
      })
    return writing
  }
  const checkpoint = (state: StationState): Promise<void> => {
    const { position, newest } = state
    if (!newest) return Promise.resolve()
    const written = {
      position: position ?? 0,
      eventTime: newest.eventTime,
      records,
      state: writeState(state, description),
    }
    records = []
    ticks = 0
    writing = writing
      .then(() => keep.checkpoint(station, written))
      .catch((error: unknown) => {
        records = [...written.records, ...records]
        onError(new Error(`the state of ${station} is not kept: ${errorMessage(error)}`, { cause: error }))
      })
    return writing
  }

  return {
    keep(what, { session, eventTime, message }) {
      if (closed || eventTime <= recordedUpTo || (what === 'score' && !isKeptScore(eventTime))) return
      records.push({ what, session, eventTime, message })
      due ??= setTimeout(() => void recorded(), RECORDS_EVERY_MS)
    },
    recorded,
    workedOff(state) {
      if (++ticks !== every) return
      // The tick of the moment is still on its way through the subscribers.
      setImmediate(() => {
        if (!closed) void checkpoint(state)
      })
    },
    async close(state) {
      closed = true
      await recorded()
      await checkpoint(state)
    },
  }
}

/** A table of scores weighs more than a day's forecasts: those of the first hour of a day (UTC) are kept. */
function isKeptScore(eventTime: Instant): boolean {
  return eventTime % DAY < HOUR
}

/** What is left of a station by an earlier run. */
export interface KeptStation {
  readonly state: StationState
  readonly position: number
}

/**
 * The newest state of a station that can be read, undefined where none was ever kept. Whatever keeps one from being
 * read is told: nothing learnt is lost without a word.
 */
export async function keptState(
  keep: Keep,
  {
    station,
    description,
    warn,
  }: {
    readonly station: string
    readonly description: ModelDescription
    readonly warn: (reason: string) => void
  },
): Promise<KeptStation | undefined> {
  for (const { position, state } of await keep.checkpoints(station)) {
    try {
      return { state: readState(state, description), position }
    } catch (error) {
      warn(`a kept state of ${station} cannot be gone on with: ${errorMessage(error)}`)
    }
  }
  return undefined
}
