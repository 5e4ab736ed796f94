import type { ReplayMarkMessage, Source } from '../protocol/provenance.ts'
import type { ReadingMessage } from '../protocol/reading.ts'
import { NOTHING_RECEIVED, type ViewState } from './view-state.ts'

/* Of which replay session everything is that the page holds: a message of another one clears it, or is dropped. */

const MOST_PAST_SESSIONS = 16

interface Arrival {
  readonly at: number
  readonly message: { readonly source: Source; readonly replay?: ReplayMarkMessage | undefined }
}

/**
 * The state in which a message may be taken in: cleared where it begins a new session, undefined where it is of one
 * that is over. A live message between two of a replay begins nothing anew.
 */
export function inSession(
  state: ViewState,
  { at, message: { source, replay } }: Arrival,
): ViewState | undefined {
  const current = replay ? begun(state, replay.session) : state
  return current && { ...current, source, replay, receivedAt: at }
}

/** As `inSession`, of a session alone. */
export function begun(state: ViewState, session: string): ViewState | undefined {
  if (state.pastSessions.includes(session)) return undefined
  if (session === state.session) return state
  // Of the first session heard of, what came live so far may be a part: a tape that live ticks have stopped.
  if (state.session === undefined) return { ...state, session }
  const pastSessions = [...state.pastSessions, state.session].slice(-MOST_PAST_SESSIONS)
  return cleared(state, { session, pastSessions })
}

/** Cleared where a tape begins of a station that was live: what was live lies in the tape's future. */
export function withoutLive(state: ViewState, { replay, event_time }: ReadingMessage): ViewState {
  const { latest, latestIsLive } = state
  const isBefore = latest !== undefined && Date.parse(event_time) <= latest.time
  return replay !== undefined && latestIsLive && isBefore ? cleared(state, state) : state
}

function cleared(
  { tape, receivedAt, question, ...state }: ViewState,
  { session, pastSessions }: Pick<ViewState, 'session' | 'pastSessions'>,
): ViewState {
  const { observed, runs, score, status } = state
  const past = state.past ?? (observed.length > 0 ? { observed, runs, score, status } : undefined)
  return { ...state, ...NOTHING_RECEIVED, session, pastSessions, past, tape, receivedAt, question }
}
