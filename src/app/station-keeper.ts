import { type Adopted, adoptState } from '../core/adopt-state.ts'
import type { ModelDescription } from '../core/state-codec.ts'
import { differences, readAnyState, stateLayout, writeState } from '../core/state-codec.ts'
import type { StationState } from '../core/station-state.ts'
import { errorMessage } from '../domain/errors.ts'
import { DAY, formatSpan, HOUR, type Instant, type Span } from '../domain/instant.ts'
import type { CheckpointToKeep, StateStore } from '../domain/state-store.ts'
import type { StationKeeper } from '../flow/station-stream.ts'
import type { Keep, KeptRecord } from '../store/keep.ts'
import { type StateMemory, stateMemory } from './state-memory.ts'
import type { TapeStates } from './tape-states.ts'

/** Ticks from one checkpoint to the next: as many are worked off again after a crash, in a second or so. */
const TICKS_A_CHECKPOINT = 200
/**
 * Wall time from one checkpoint to the next, at least: a tape that is played as fast as possible is lived again as fast,
 * so that its models are back in about as long, and what is written stays within bounds.
 */
const CHECKPOINTS_EVERY_MS = 1500
/** Of those a tick that was refused counts for so little: nothing was learnt from it, and nothing is forecast again. */
const REFUSED_TICK = 1 / 20
/** Records that wait for room on the disk: some 50 MB. Beyond that the oldest are given up, and that is told. */
const MOST_WAITING = 5000
/** What is published goes to the disk so long after, or sooner: handing much of it over at once takes its time too. */
const RECORDS_EVERY_MS = 100

/** As far back as a page looks: of a tape, which can be played again, no more is kept of what was published. */
export const SHOWN: Span = 14 * DAY

export interface StationKeeperOptions {
  readonly states: Pick<StateStore, 'checkpoint'>
  /** Where what was published is kept too; undefined: by the bus itself. */
  readonly record: Pick<Keep, 'record' | 'letGo'> | undefined
  readonly station: string
  readonly description: ModelDescription
  /** Something could not be kept; the station goes on, and it is tried again in its turn. */
  readonly onError: (error: Error) => void
  /** Ticks from one checkpoint to the next; default 200. */
  readonly every?: number | undefined
  /** Wall time from one to the next at least, in ms; default 1500. */
  readonly everyMs?: number
  /** What is published is on its way so long after at most, in ms; default 100. */
  readonly recordsEveryMs?: number
  /** How long what was published is kept, by event time before the newest of it. Default: for ever. */
  readonly keepFor?: Span | undefined
  /** Event time of the newest on record: what is too old beside it goes at once. Default: nothing is on record. */
  readonly newest?: Instant | undefined
  /**
   * Fulfilled when all that was published so far is stored: a state that outlasted it would leave it out for ever.
   * Default: what is published goes with the state.
   */
  readonly published?: (() => Promise<void>) | undefined
  /** Where its checkpoints are written out, with others'. Default: one of its own. */
  readonly memory?: StateMemory | undefined
  /** Of a station under replay: the states along its tape. */
  readonly tapeStates?: TapeStates | undefined
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
  states,
  record,
  station,
  description,
  onError,
  every = TICKS_A_CHECKPOINT,
  everyMs = CHECKPOINTS_EVERY_MS,
  recordsEveryMs = RECORDS_EVERY_MS,
  keepFor = Number.POSITIVE_INFINITY,
  newest: newestOnRecord = Number.NEGATIVE_INFINITY,
  published = async () => undefined,
  memory = stateMemory(),
  tapeStates,
}: StationKeeperOptions): RecordingKeeper {
  let records: KeptRecord[] = []
  let due: NodeJS.Timeout | undefined
  let failing = false
  let ticks = 0
  let checkpointed = performance.now()
  let refused = 0
  /** A state weighs megabytes: one at a time is on its way to the disk. */
  let underWay = false
  let later: NodeJS.Timeout | undefined
  let closed = false
  let writing: Promise<void> = Promise.resolve()
  let newest = newestOnRecord
  let lettingGo = false

  const waitAgain = (taken: readonly KeptRecord[]): void => {
    const all = [...taken, ...records]
    records = all.slice(-MOST_WAITING)
    const given = all.length - records.length
    if (given > 0)
      onError(new Error(`the ${given} oldest records of ${station} that wait for room are given up`))
  }
  const isKept = ({ eventTime }: KeptRecord): boolean => eventTime >= newest - keepFor
  /** Nobody waits for it: one at a time, and what is left of one the next takes too. */
  const letGo = (): void => {
    const before = newest - keepFor
    if (!record || lettingGo || !Number.isFinite(before)) return
    lettingGo = true
    record
      .letGo(station, { before })
      .catch((error: unknown) =>
        onError(new Error(`what is old of ${station} is not let go of: ${errorMessage(error)}`)),
      )
      .finally(() => {
        lettingGo = false
      })
  }

  const recorded = (): Promise<void> => {
    clearTimeout(due)
    due = undefined
    if (records.length === 0) return writing
    const taken = records.filter(isKept)
    records = []
    writing = writing
      .then(() => record?.record(station, taken))
      .then(() => {
        failing = false
      })
      .catch((error: unknown) => {
        waitAgain(taken)
        // Told once, and not every second: the next checkpoint tells again.
        if (!failing) onError(new Error(`the record of ${station} is not kept: ${errorMessage(error)}`))
        failing = true
      })
    return writing
  }
  /** `state`: the bytes of one at a moment; what was published since may go with it too. */
  const keepState = (state: KeptMoment): Promise<void> => {
    const taken = records.filter(isKept)
    records = []
    ticks = 0
    checkpointed = performance.now()
    writing = writing
      .then(published)
      .then(() => states.checkpoint(station, { ...state, records: taken }))
      .then(letGo)
      .catch((error: unknown) => {
        waitAgain(taken)
        onError(new Error(`the state of ${station} is not kept: ${errorMessage(error)}`, { cause: error }))
      })
    return writing
  }
  const checkpoint = (state: StationState): Promise<void> =>
    memory.use(async (write) => {
      let place = placeOf(state)
      const bytes = await write(() => {
        place = placeOf(state)
        return closed || !place ? undefined : stateLayout(state, description)
      })
      if (bytes && place) await keepState({ ...place, state: bytes })
    })

  /** Fulfilled when all that was published so far is stored, by the bus and on the disk; rejects where it is not. */
  const stored = async (): Promise<void> => {
    await Promise.all([published(), recorded()])
    if (failing) throw new Error('what it has published is not kept yet')
  }

  letGo()
  return {
    keep(what, { session, eventTime, message }) {
      if (closed || !record || (what === 'score' && !isKeptScore(eventTime))) return
      newest = eventTime
      records.push({ what, session, eventTime, message })
      due ??= setTimeout(() => void recorded(), recordsEveryMs)
    },
    recorded,
    workedOff(state) {
      tapeStates?.offer(state, description, stored)
      const { rejected } = state.ingestStatistics
      ticks += rejected === refused ? 1 : REFUSED_TICK
      refused = rejected
      // What is not said is lived again as fast as it was from where that began: until then nothing is to be kept of it.
      if (ticks < every || underWay || state.newest?.replay?.unsaid) return
      underWay = true
      // Where it is too soon the ticks that come until then are in it too. And the tick of the moment is still on its way
      // through the subscribers.
      const wait = Math.max(0, checkpointed + everyMs - performance.now())
      later = setTimeout(async () => {
        if (!closed) await checkpoint(state)
        underWay = false
      }, wait)
    },
    async close(state) {
      clearTimeout(later)
      closed = true
      await recorded()
      const place = placeOf(state)
      if (place) await keepState({ ...place, state: writeState(state, description) })
    },
    async leave() {
      clearTimeout(later)
      closed = true
      await recorded()
    },
  }
}

type KeptMoment = Pick<CheckpointToKeep, 'position' | 'eventTime' | 'state'>

/** Where a state stands; undefined where it knows no reading yet. */
function placeOf({ position, tapeRow, newest }: StationState): Omit<KeptMoment, 'state'> | undefined {
  // A tape's rows are its journal.
  return newest && { position: position ?? tapeRow ?? 0, eventTime: newest.eventTime }
}

/** Where a station is kept and for how long, for people. */
export function keptText(folder: string, keepFor: Span | undefined): string {
  return keepFor === undefined
    ? `${folder}, for ever`
    : `${folder}, what was published for ${formatSpan(keepFor)}`
}

/** A table of scores weighs more than a day's forecasts: those of the first hour of a day (UTC) are kept. */
function isKeptScore(eventTime: Instant): boolean {
  return eventTime % DAY < HOUR
}

/** What a station goes on from. */
export interface KeptStation {
  readonly state: StationState
  /** Where the ticks that it knows end, where they have positions. */
  readonly position: number | undefined
  /** Other experts had made it: what they published stays as it is on record. */
  readonly ofOthers: boolean
}

const OTHER_STATION =
  'the station had another target, cadence or channels then (as it was described again, it goes on)'

function adoptedText({ goOn, begin }: Adopted): string {
  const parts = [
    ...(goOn.length > 0 ? [`${goOn.join(', ')} with what they have learnt`] : []),
    ...(begin.length > 0 ? [`${begin.join(', ')} from nothing`] : []),
  ]
  return parts.join('; ')
}

/**
 * The newest state of a station that can be read, undefined where none was ever kept; and how far the newest one that
 * was kept reaches, whether it can be read or not. Whatever keeps one from being read is told: nothing learnt is lost
 * without a word.
 */
export async function keptState(
  states: Pick<StateStore, 'checkpoints'>,
  {
    station,
    description,
    initial,
    session,
    warn,
  }: {
    readonly station: string
    readonly description: ModelDescription
    /** What the model begins with, where it goes on from the state of another one. */
    readonly initial: () => StationState
    /** Of a replay: a state of another one is passed over. */
    readonly session?: string | undefined
    readonly warn: (reason: string) => void
  },
): Promise<{ readonly kept: KeptStation | undefined; readonly newest: number | undefined }> {
  const checkpoints = await states.checkpoints(station)
  const newest = checkpoints[0]?.position
  for (const { position, state: bytes } of checkpoints) {
    try {
      const { state, model } = readAnyState(bytes)
      if (session !== undefined && state.order.session !== session) continue
      const other = differences(model, description)
      if (other.length === 0) return { kept: { state, position, ofOthers: false }, newest }
      const adopted = adoptState(state, { was: model, is: description, initial: initial() })
      if (!adopted) throw new Error(OTHER_STATION)
      if (adopted.begin.length + adopted.left.length > 0)
        warn(`${station} goes on with other models than before: ${adoptedText(adopted)}`)
      return { kept: { state: adopted.state, position, ofOthers: true }, newest }
    } catch (error) {
      warn(`a kept state of ${station} cannot be gone on with: ${errorMessage(error)}`)
    }
  }
  return { kept: undefined, newest }
}
