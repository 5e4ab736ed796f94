import { SECOND, type Span } from '../domain/instant.ts'
import { mergedRuns, type Run, runOf } from './forecast-runs.ts'
import { appended, longestJoin, merged, type ObservedPoint } from './observed.ts'
import { NOTHING_AHEAD, type ViewEvent, type ViewState } from './view-state.ts'

/* The line and the runs around it, as readings, forecasts and the history come, with or without holes on the way. */

function joinOf(state: ViewState): Span {
  return longestJoin((state.station?.cadence_seconds ?? 600) * SECOND)
}

/** Newer, or the same moment with what it lacked: the first one of a station comes again where more of it does. */
function isNews(point: ObservedPoint, latest: ObservedPoint): boolean {
  return (
    point.time > latest.time || (point.time === latest.time && latest.value === null && point.value !== null)
  )
}

export function withReading(state: ViewState, event: Extract<ViewEvent, { type: 'reading' }>): ViewState {
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

export function withRun(state: ViewState, run: Run): ViewState {
  const end = state.observed.at(-1)?.time
  if (state.behind && end !== undefined && run.issuedAt > end)
    return { ...state, ahead: { ...state.ahead, runs: mergedRuns(state.ahead.runs, [run]) } }
  return { ...state, past: undefined, runs: mergedRuns(state.runs, [run]) }
}

export function withHistory(state: ViewState, event: Extract<ViewEvent, { type: 'history' }>): ViewState {
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
