import type { StationMessage } from '../protocol/station-message.ts'
import { runOf } from './forecast-runs.ts'
import { withHistory, withReading, withRun } from './view-line.ts'
import { begun, inSession, withoutLive } from './view-session.ts'
import { NOTHING_RECEIVED, type ViewEvent, type ViewState } from './view-state.ts'

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
      const current = inSession(withoutLive(state, event.message), event)
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

/** How the tape stands tells of a new session before its first reading: after a seek while paused, say. */
function withTape(
  state: ViewState,
  { tape, commanded }: Pick<Extract<ViewEvent, { type: 'tape' }>, 'tape' | 'commanded'>,
): ViewState {
  const current = begun(state, tape.session)
  return current ? { ...current, tape, ...(commanded && { commandError: undefined }) } : state
}
