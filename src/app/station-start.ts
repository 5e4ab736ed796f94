import type { Bus } from '../bus/bus.ts'
import type { ModelDescription } from '../core/state-codec.ts'
import type { StationState } from '../core/station-state.ts'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import { DAY, type Instant } from '../domain/instant.ts'
import type { StateStore } from '../domain/state-store.ts'
import type { Station } from '../domain/station.ts'
import { stationMessage } from '../protocol/encode.ts'
import type { ForecastMessage } from '../protocol/forecast.ts'
import type { ReplayMarkMessage } from '../protocol/provenance.ts'
import type { ReadingMessage } from '../protocol/reading.ts'
import type { ScoreMessage } from '../protocol/scores.ts'
import type { Keep } from '../store/keep.ts'
import { type KeptStation, keptState, SHOWN } from './station-keeper.ts'
import type { TapeStates } from './tape-states.ts'

/* What is taken up of a station that was kept, before its pipeline opens. */

interface RecordKept {
  readonly folder: Keep
  readonly warn: (reason: string) => void
}

/** The server of the bus, which keeps states, cannot be asked just now. */
export const isAway = (error: unknown): boolean =>
  error instanceof TickcastError && error.code === 'bus_unreachable'

/** What a station begins with. */
export interface StationStart {
  /** Undefined: it begins anew. */
  readonly kept: KeptStation | undefined
  /** Event time of the newest reading on record. */
  readonly recordedUpTo: Instant | undefined
  /** What is on record up to here was by other models. */
  readonly othersUpTo: Instant | undefined
}

/** Takes up what is kept of a station: its state to go on from, and on the bus what it published last. */
export async function takeUp(
  bus: Bus,
  {
    states,
    folder,
    warn,
  }: {
    readonly states: StateStore
    readonly folder: Keep | undefined
    readonly warn: (reason: string) => void
  },
  from: StartedFrom,
): Promise<StationStart> {
  const { station, session, tapeStates } = from
  const kept = await startingState({ states, warn }, from)
  if (!folder) return { kept, recordedUpTo: undefined, othersUpTo: undefined }
  const record = { folder, warn }
  // What was published beyond is of another past, or is published again.
  if (tapeStates && !tapeStates.isOver(session))
    await letGoBeyond(record, { station: station.id, state: kept?.state })
  const recordedUpTo = await showRecord(bus, folder, {
    ...{ station: station.id, session },
    state: tapeStates && kept?.state,
  })
  await describe(record, station)
  if (!kept && !tapeStates && recordedUpTo !== undefined) {
    warn(
      `nothing that ${station.id} had learnt can be gone on with: it begins anew, beside what is on record`,
    )
  }
  return { kept, recordedUpTo, othersUpTo: tapeStates || (kept && !kept.ofOthers) ? undefined : recordedUpTo }
}

interface StartedFrom {
  readonly station: Station
  readonly description: ModelDescription
  readonly initial: () => StationState
  readonly session: string
  readonly after: number | undefined
  /** It was wound back or forth just now: nothing is kept of its new session yet. */
  readonly goesOn: boolean
  /** How far the ticks had been taken in, where they have positions. */
  readonly reached: number | undefined
  readonly tapeStates: TapeStates | undefined
}

/**
 * What a station goes on from: of a tape the newest state of its session, else the one that it was to begin behind.
 * Undefined where nothing is kept, or nothing that is kept can be read, which is told.
 */
async function startingState(
  { states, warn }: { readonly states: StateStore; readonly warn: (reason: string) => void },
  { station, description, initial, session, after, goesOn, reached, tapeStates }: StartedFrom,
): Promise<KeptStation | undefined> {
  const isNew = goesOn && tapeStates !== undefined && after !== undefined
  const { kept, newest } = isNew
    ? { kept: undefined, newest: undefined }
    : await keptState(states, {
        ...{ station: station.id, description, initial, warn },
        session: tapeStates ? session : undefined,
      })
  if (kept || !tapeStates || after === undefined) return kept
  const position = reached ?? newest
  try {
    const state = await tapeStates.restore(after, { model: description, session })
    return { state: { ...state, position }, position, ofOthers: false }
  } catch (error) {
    if (isAway(error)) throw error
    // What it was to go on from may have been forgotten by the command that ended it.
    if (!tapeStates.isOver(session)) warn(`${errorMessage(error)}: the models of ${station.id} begin anew`)
    return undefined
  }
}

async function letGoBeyond(
  { folder, warn }: RecordKept,
  { station, state }: { readonly station: string; readonly state: StationState | undefined },
): Promise<void> {
  const from = state?.newest ? state.newest.eventTime + 1 : Number.MIN_SAFE_INTEGER
  try {
    await folder.letGo(station, { from })
  } catch (error) {
    warn(`what ${station} had published of another past is not let go of: ${errorMessage(error)}`)
  }
}

/** So that whoever reads the folder later knows what its record is of. */
async function describe({ folder, warn }: RecordKept, station: Station): Promise<void> {
  try {
    await folder.describe(stationMessage(station, { source: station.simulated ? 'simulated' : 'live' }))
  } catch (error) {
    warn(`what ${station.id} is cannot be kept: ${errorMessage(error)}`)
  }
}

const MOST_SHOWN = 5000
const SHOWN_FORECASTS = 2 * DAY
const MOST_SHOWN_FORECASTS = 300

/**
 * Publishes the newest of what was kept, so that a page shows what it showed before the restart. Gives the event time
 * of the newest reading on record.
 */
async function showRecord(
  bus: Bus,
  folder: Keep,
  {
    station,
    session,
    state,
  }: {
    readonly station: string
    readonly session: string
    /** What a tape goes on from. */
    readonly state: StationState | undefined
  },
): Promise<Instant | undefined> {
  const [newest] = await folder.records(station, 'reading', { limit: 1, newestFirst: true })
  if (!newest) return undefined
  // Of a tape that went on elsewhere it is of another time.
  if (state?.newest && newest.eventTime < state.newest.eventTime - DAY) return undefined
  const readings = await folder.records(station, 'reading', {
    from: newest.eventTime - SHOWN,
    limit: MOST_SHOWN,
  })
  // Of a tape that was wound back it is shown as of the session that goes on from it.
  const shown = <M extends object>(message: M): M => {
    const replay = 'replay' in message && (message.replay as ReplayMarkMessage | undefined)
    return replay ? { ...message, replay: { ...replay, session } } : message
  }
  for (const { message } of readings) await bus.publish(station, 'reading', shown(message as ReadingMessage))
  const [score] = await folder.records(station, 'score', { limit: 1, newestFirst: true })
  if (score) await bus.publish(station, 'score', shown(score.message as ScoreMessage))
  const forecasts = await folder.records(station, 'forecast', {
    from: newest.eventTime - SHOWN_FORECASTS,
    limit: MOST_SHOWN_FORECASTS,
  })
  for (const { message } of forecasts)
    await bus.publish(station, 'forecast', shown(message as ForecastMessage))
  return newest.eventTime
}
