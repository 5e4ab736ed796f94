import { type Instant, SECOND, type Span } from '../domain/instant.ts'
import type {
  ForecastMessage,
  ReadingMessage,
  ReplayMarkMessage,
  Source,
  StationMessage,
  StatusMessage,
  TapeMessage,
} from '../protocol/messages.ts'
import type { ScoreMessage, ScoreWindow } from '../protocol/scores.ts'
import { mergedRuns, type Run, runOf } from './forecast-runs.ts'
import { appended, longestJoin, merged, type ObservedPoint } from './observed.ts'

/** How the page stands with its server. */
export type Link = 'connecting' | 'open' | 'reconnecting' | 'closed'

/** Everything the page shows, and nothing else. Panels are functions of it. */
export interface ViewState {
  readonly stations: readonly StationMessage[]
  /** The chosen one; undefined until a station is known. */
  readonly station: StationMessage | undefined
  readonly link: Link
  /** Why the link is not open, for people. */
  readonly linkReason: string | undefined
  /** Replay session of all that is held here; undefined for a live feed. */
  readonly session: string | undefined
  /** Sessions that are over: what still arrives of them is dropped. */
  readonly pastSessions: readonly string[]
  readonly replay: ReplayMarkMessage | undefined
  /** Where the newest message stems from: live ticks may come to a station that a tape is played of. */
  readonly source: Source | undefined
  readonly observed: readonly ObservedPoint[]
  /** The newest reading, which the line may lag behind while `behind`. */
  readonly latest: ObservedPoint | undefined
  /** It was measured just now, not replayed. */
  readonly latestIsLive: boolean
  /** Readings were skipped on the way (a fast replay): the line waits for the history to be fetched. */
  readonly behind: boolean
  /** Runs around the drawn line, ascending. */
  readonly runs: readonly Run[]
  /** The newest run, which the drawn ones may lag behind while `behind`. */
  readonly latestRun: Run | undefined
  readonly score: ScoreMessage | undefined
  readonly status: StatusMessage | undefined
  readonly tape: TapeMessage | undefined
  /** Wall time at which anything of the station was last heard. */
  readonly receivedAt: number | undefined
  readonly chosenWindow: ScoreWindow
  readonly chosenLead: number
  /** Why the last command failed, where it did. */
  readonly commandError: string | undefined
}

interface Pushed {
  /** Wall time of arrival. */
  readonly at: number
}

export interface History {
  readonly readings: readonly ObservedPoint[]
  readonly forecasts: readonly ForecastMessage[]
  /** The replay session it is of; undefined where nothing was replayed. */
  readonly session: string | undefined
}

export type ViewEvent =
  | { readonly type: 'stations'; readonly stations: readonly StationMessage[] }
  | { readonly type: 'station_chosen'; readonly id: string }
  | { readonly type: 'link'; readonly link: Link; readonly reason?: string }
  /** `skipped`: readings between the one before and this one may have been left out on the way here. */
  | ({ readonly type: 'reading'; readonly message: ReadingMessage; readonly skipped: boolean } & Pushed)
  | ({ readonly type: 'forecast'; readonly message: ForecastMessage } & Pushed)
  | ({ readonly type: 'score'; readonly message: ScoreMessage } & Pushed)
  | ({ readonly type: 'status'; readonly message: StatusMessage } & Pushed)
  | { readonly type: 'history'; readonly stationId: string; readonly history: History }
  | { readonly type: 'tape'; readonly stationId: string; readonly tape: TapeMessage }
  | { readonly type: 'command_failed'; readonly message: string }
  | { readonly type: 'window_chosen'; readonly window: ScoreWindow }
  | { readonly type: 'lead_chosen'; readonly lead: number }

const NOTHING_RECEIVED = {
  session: undefined,
  pastSessions: [],
  replay: undefined,
  source: undefined,
  observed: [],
  latest: undefined,
  latestIsLive: false,
  behind: false,
  runs: [],
  latestRun: undefined,
  score: undefined,
  status: undefined,
  tape: undefined,
  receivedAt: undefined,
  commandError: undefined,
} as const

export const INITIAL: ViewState = {
  ...NOTHING_RECEIVED,
  stations: [],
  station: undefined,
  link: 'connecting',
  linkReason: undefined,
  chosenWindow: '30d',
  chosenLead: 24,
}

const MOST_PAST_SESSIONS = 16

/** The next state; the same object where an event changes nothing. Pure: time arrives in the events. */
export function reduced(state: ViewState, event: ViewEvent): ViewState {
  switch (event.type) {
    case 'stations':
      return withStations(state, event.stations)
    case 'station_chosen': {
      const station = state.stations.find(({ id }) => id === event.id)
      return !station || station.id === state.station?.id ? state : { ...state, ...NOTHING_RECEIVED, station }
    }
    case 'link':
      return { ...state, link: event.link, linkReason: event.reason }
    case 'reading': {
      const current = inSession(leavesThePresent(state, event.message) ? cleared(state, state) : state, event)
      return current ? withReading(current, event) : state
    }
    case 'forecast': {
      const current = inSession(state, event)
      return current ? withRun(current, runOf(event.message)) : state
    }
    case 'score': {
      const current = inSession(state, event)
      return current ? { ...current, score: event.message } : state
    }
    case 'status': {
      const current = inSession(state, event)
      return current ? { ...current, status: event.message } : state
    }
    case 'history':
      return withHistory(state, event)
    case 'tape':
      return event.stationId === state.station?.id ? withTape(state, event.tape) : state
    case 'command_failed':
      return { ...state, commandError: event.message }
    case 'window_chosen':
      return { ...state, chosenWindow: event.window }
    case 'lead_chosen':
      return { ...state, chosenLead: event.lead }
  }
}

function withStations(state: ViewState, stations: readonly StationMessage[]): ViewState {
  const same = stations.find(({ id }) => id === state.station?.id)
  if (same) return { ...state, stations, station: same }
  return { ...state, ...NOTHING_RECEIVED, stations, station: stations[0] }
}

interface Arrival {
  readonly at: number
  readonly message: { readonly source: Source; readonly replay?: ReplayMarkMessage | undefined }
}

/**
 * The state in which a message may be taken in: cleared where it begins a new session, undefined where it is of one
 * that is over. A live message between two of a replay begins nothing anew.
 */
function inSession(state: ViewState, { at, message: { source, replay } }: Arrival): ViewState | undefined {
  const current = replay ? begun(state, replay.session) : state
  return current && { ...current, source, replay, receivedAt: at }
}

function begun(state: ViewState, session: string): ViewState | undefined {
  if (state.pastSessions.includes(session)) return undefined
  if (session === state.session) return state
  // Of the first session heard of, what came live so far may be a part: a tape that live ticks have stopped.
  if (state.session === undefined) return { ...state, session }
  const pastSessions = [...state.pastSessions, state.session].slice(-MOST_PAST_SESSIONS)
  return cleared(state, { session, pastSessions })
}

/** A tape begins of a station that was live: what was live lies in the tape's future. */
function leavesThePresent(
  { latest, latestIsLive }: ViewState,
  { replay, event_time }: ReadingMessage,
): boolean {
  return replay !== undefined && latestIsLive && latest !== undefined && Date.parse(event_time) <= latest.time
}

function cleared(
  { tape, receivedAt, ...state }: ViewState,
  { session, pastSessions }: Pick<ViewState, 'session' | 'pastSessions'>,
): ViewState {
  return { ...state, ...NOTHING_RECEIVED, session, pastSessions, tape, receivedAt }
}

/** How the tape stands tells of a new session before its first reading: after a seek while paused, say. */
function withTape(state: ViewState, tape: TapeMessage): ViewState {
  const current = begun(state, tape.session)
  return current ? { ...current, tape, commandError: undefined } : state
}

function joinOf(state: ViewState): Span {
  return longestJoin((state.station?.cadence_seconds ?? 600) * SECOND)
}

function withReading(state: ViewState, event: Extract<ViewEvent, { type: 'reading' }>): ViewState {
  const { message, skipped } = event
  const point: ObservedPoint = {
    time: Date.parse(message.event_time),
    value: message.values[state.station?.target ?? ''] ?? null,
    bridged: message.bridged,
  }
  if (state.latest && point.time <= state.latest.time) return state
  const behind = state.behind || skipped
  const next = { ...state, latest: point, latestIsLive: message.replay === undefined, behind }
  const end = chartNow(state)
  // A hole that the way here made, not the station: the line keeps its whole picture until the history is here.
  if (behind && end !== undefined && point.time - end > joinOf(state)) return next
  return { ...next, observed: appended(state.observed, point) }
}

function withRun(state: ViewState, run: Run): ViewState {
  const latestRun = state.latestRun && state.latestRun.issuedAt > run.issuedAt ? state.latestRun : run
  const end = chartNow(state)
  const ahead = state.behind && end !== undefined && run.issuedAt - end > joinOf(state)
  return { ...state, latestRun, runs: ahead ? state.runs : mergedRuns(state.runs, [run]) }
}

function withHistory(state: ViewState, event: Extract<ViewEvent, { type: 'history' }>): ViewState {
  const { history, stationId } = event
  if (stationId !== state.station?.id) return state
  if (history.session !== undefined && state.session !== undefined && history.session !== state.session)
    return state
  const first = history.readings[0]?.time
  const end = history.readings.at(-1)?.time
  if (first === undefined || end === undefined) return { ...state, behind: false }
  // What the page has beyond either end stays where it joins the history; else the picture is the history's alone.
  const join = joinOf(state)
  const before = state.observed.filter((point) => point.time < first)
  const since = state.observed.filter((point) => point.time > end)
  const observed = merged(history.readings, [
    ...(first - (before.at(-1)?.time ?? first) <= join ? before : []),
    ...((since[0]?.time ?? end) - end <= join ? since : []),
  ])
  const now = observed.at(-1)?.time ?? end
  const runs = history.forecasts.map(runOf)
  return {
    ...state,
    session: state.session ?? history.session,
    observed,
    runs: mergedRuns(
      runs,
      state.runs.filter((run) => run.issuedAt <= now + join),
    ),
    latestRun: state.latestRun ?? runs.at(-1),
    latest: state.latest ?? observed.at(-1),
    behind: state.latest !== undefined && state.latest.time > now,
  }
}

/** The time that the chart calls now: the end of its observed line. */
export function chartNow(state: ViewState): Instant | undefined {
  return state.observed.at(-1)?.time
}

/** The model whose forecasts are published: the mixture, unless a forecast says otherwise. */
export function publishedModel(state: ViewState): string {
  return state.latestRun?.model ?? 'mixture'
}
