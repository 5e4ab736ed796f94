import { SECOND, type Span } from '../domain/instant.ts'
import type { ForecastMessage } from '../protocol/forecast.ts'
import type { ReplayMarkMessage, Source } from '../protocol/provenance.ts'
import type { ReadingMessage } from '../protocol/reading.ts'
import type { ScoreMessage, ScoreWindow } from '../protocol/scores.ts'
import type { StationMessage } from '../protocol/station-message.ts'
import type { StatusMessage } from '../protocol/status.ts'
import type { TapeMessage } from '../protocol/tape.ts'
import { mergedRuns, type Run, runOf } from './forecast-runs.ts'
import { appended, longestJoin, merged, type ObservedPoint } from './observed.ts'
import type { Question } from './tape-actions.ts'

/** How the page stands with its server. */
export type Link = 'connecting' | 'open' | 'reconnecting' | 'closed'

/** Everything the page shows, and nothing else. Panels are functions of it. */
export interface ViewState {
  readonly stations: readonly StationMessage[]
  /** The chosen one; undefined until a station is known. */
  readonly station: StationMessage | undefined
  /** The one to choose of the first that are known: the page's address names it. */
  readonly wanted: string | undefined
  readonly link: Link
  /** Why the link is not open, for people. */
  readonly linkReason: string | undefined
  /** Replay session of all that is held here; undefined for a live feed. */
  readonly session: string | undefined
  /** Sessions that are over: what still arrives of them is dropped. */
  readonly pastSessions: readonly string[]
  /** The session before, as long as it is shown in place of this one, of which there is no forecast yet. */
  readonly past: Picture | undefined
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
  /** What has come since a reading was skipped last, of which none is missing; drawn once the history reaches it. */
  readonly ahead: Ahead
  /** Runs around the drawn line, ascending. */
  readonly runs: readonly Run[]
  readonly score: ScoreMessage | undefined
  readonly status: StatusMessage | undefined
  readonly tape: TapeMessage | undefined
  /** Wall time at which anything of the station was last heard. */
  readonly receivedAt: number | undefined
  readonly chosenWindow: ScoreWindow
  readonly chosenLead: number
  /** Why the last command failed, where it did. */
  readonly commandError: string | undefined
  /** What a person is asked before it is done. */
  readonly question: Question | undefined
}

/** A session that is over, as it was shown last. */
export type Picture = Pick<ViewState, 'observed' | 'runs' | 'score' | 'status'>

interface Ahead {
  readonly readings: readonly ObservedPoint[]
  readonly runs: readonly Run[]
}

const NOTHING_AHEAD: Ahead = { readings: [], runs: [] }

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
  /** `commanded`: what a command came to, not how it stands anyway. */
  | {
      readonly type: 'tape'
      readonly stationId: string
      readonly tape: TapeMessage
      readonly commanded: boolean
    }
  | { readonly type: 'command_failed'; readonly message: string }
  | { readonly type: 'asked'; readonly stationId: string; readonly question: Question }
  | { readonly type: 'answered' }
  /** A session before has been shown for long enough. */
  | { readonly type: 'past_over' }
  | { readonly type: 'window_chosen'; readonly window: ScoreWindow }
  | { readonly type: 'lead_chosen'; readonly lead: number }

const NOTHING_RECEIVED = {
  session: undefined,
  pastSessions: [],
  past: undefined,
  replay: undefined,
  source: undefined,
  observed: [],
  latest: undefined,
  latestIsLive: false,
  behind: false,
  ahead: NOTHING_AHEAD,
  runs: [],
  score: undefined,
  status: undefined,
  tape: undefined,
  receivedAt: undefined,
  commandError: undefined,
  question: undefined,
} as const

export const INITIAL: ViewState = {
  ...NOTHING_RECEIVED,
  stations: [],
  station: undefined,
  wanted: undefined,
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
      return event.stationId === state.station?.id ? withTape(state, event) : state
    case 'command_failed':
      return { ...state, commandError: event.message }
    case 'asked':
      return event.stationId === state.station?.id ? { ...state, question: event.question } : state
    case 'answered':
      return { ...state, question: undefined }
    case 'past_over':
      return state.past ? { ...state, past: undefined } : state
    case 'window_chosen':
      return { ...state, chosenWindow: event.window }
    case 'lead_chosen':
      return { ...state, chosenLead: event.lead }
  }
}

function withStations(state: ViewState, stations: readonly StationMessage[]): ViewState {
  const same = stations.find(({ id }) => id === state.station?.id)
  if (same) return { ...state, stations, station: same }
  const wanted = stations.find(({ id }) => id === state.wanted)
  return { ...state, ...NOTHING_RECEIVED, stations, station: wanted ?? stations[0] }
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
  { tape, receivedAt, question, ...state }: ViewState,
  { session, pastSessions }: Pick<ViewState, 'session' | 'pastSessions'>,
): ViewState {
  const { observed, runs, score, status } = state
  const past = state.past ?? (observed.length > 0 ? { observed, runs, score, status } : undefined)
  return { ...state, ...NOTHING_RECEIVED, session, pastSessions, past, tape, receivedAt, question }
}

/** How the tape stands tells of a new session before its first reading: after a seek while paused, say. */
function withTape(
  state: ViewState,
  { tape, commanded }: Pick<Extract<ViewEvent, { type: 'tape' }>, 'tape' | 'commanded'>,
): ViewState {
  const current = begun(state, tape.session)
  return current ? { ...current, tape, ...(commanded && { commandError: undefined }) } : state
}

function joinOf(state: ViewState): Span {
  return longestJoin((state.station?.cadence_seconds ?? 600) * SECOND)
}

/** Newer, or the same moment with what it lacked: the first one of a station comes again where more of it does. */
function isNews(point: ObservedPoint, latest: ObservedPoint): boolean {
  return (
    point.time > latest.time || (point.time === latest.time && latest.value === null && point.value !== null)
  )
}

function withReading(state: ViewState, event: Extract<ViewEvent, { type: 'reading' }>): ViewState {
  const { message, skipped } = event
  const point: ObservedPoint = {
    time: Date.parse(message.event_time),
    value: message.values[state.station?.target ?? ''] ?? null,
    bridged: message.bridged,
  }
  if (state.latest && !isNews(point, state.latest)) return state
  const behind = state.behind || skipped
  const next = { ...state, latest: point, latestIsLive: message.replay === undefined, behind }
  if (!behind) return { ...next, observed: appended(state.observed, point) }
  // A hole that the way here made, not the station: the line keeps its whole picture until the history is here.
  const ahead = skipped
    ? { readings: [point], runs: [] }
    : { ...state.ahead, readings: appended(state.ahead.readings, point) }
  return { ...next, ahead, observed: state.observed.length === 0 ? [point] : state.observed }
}

function withRun(state: ViewState, run: Run): ViewState {
  const end = state.observed.at(-1)?.time
  if (state.behind && end !== undefined && run.issuedAt > end)
    return { ...state, ahead: { ...state.ahead, runs: mergedRuns(state.ahead.runs, [run]) } }
  return { ...state, past: undefined, runs: mergedRuns(state.runs, [run]) }
}

function withHistory(state: ViewState, event: Extract<ViewEvent, { type: 'history' }>): ViewState {
  const { history, stationId } = event
  if (stationId !== state.station?.id) return state
  if (history.session !== undefined && state.session !== undefined && history.session !== state.session)
    return state
  const first = history.readings[0]?.time
  const end = history.readings.at(-1)?.time
  if (first === undefined || end === undefined) return { ...state, behind: false }
  // What the page has before it stays where it joins the history, and what came behind it where nothing is missing.
  const join = joinOf(state)
  const before = state.observed.filter((point) => point.time < first)
  const came = state.behind ? state.ahead.readings : state.observed
  const reaches = came[0] !== undefined && came[0].time <= end + (state.behind ? 0 : join)
  const observed = merged(history.readings, [
    ...(first - (before.at(-1)?.time ?? first) <= join ? before : []),
    ...(reaches ? came.filter((point) => point.time > end) : []),
  ])
  const now = observed.at(-1)?.time ?? end
  const runs = history.forecasts.map(runOf)
  return {
    ...state,
    session: state.session ?? history.session,
    observed,
    runs: mergedRuns(
      runs,
      [...state.runs, ...state.ahead.runs].filter((run) => run.issuedAt <= now),
    ),
    ahead: NOTHING_AHEAD,
    ...(runs.length > 0 && { past: undefined }),
    latest: state.latest ?? observed.at(-1),
    behind: state.latest !== undefined && state.latest.time > now,
  }
}
