import type { StationMessage } from '../protocol/station-message.ts'
import { catchingUpText } from './tape-words.ts'
import type { ViewState } from './view-state.ts'

/** Where the figures come from, as text; `kind` gives the colour. */
export interface Provenance {
  readonly kind: 'live' | 'replay' | 'simulated' | 'unknown'
  readonly headline: string
  readonly detail: string
}

/** A simulation must not be taken for measurements, nor a replay for today. */
export function provenance(state: ViewState): Provenance {
  const { station } = state
  if (!station) {
    const headline = state.link === 'closed' ? 'Nothing to show' : 'No station yet'
    return { kind: 'unknown', headline, detail: '' }
  }
  const origin = originOf(station, state)
  return isLost(state) ? asItStood(origin, station) : origin
}

function isLost({ link }: ViewState): boolean {
  return link === 'reconnecting' || link === 'closed'
}

/** Of a station that is not heard any more: what stays true, and no colour that says all is well. */
function asItStood({ kind, headline }: Provenance, station: StationMessage): Provenance {
  return {
    kind: kind === 'live' ? 'unknown' : kind,
    headline: kind === 'live' ? station.title || station.id : headline,
    detail: 'as it stood when the connection was lost',
  }
}

function originOf(station: StationMessage, state: ViewState): Provenance {
  const source = station.source === 'simulated' ? 'simulated' : (state.source ?? station.source)
  switch (source) {
    case 'simulated':
      return {
        kind: 'simulated',
        headline: 'Simulated station: no instrument has measured this',
        detail: tapeText(state),
      }
    case 'replay':
      return {
        kind: 'replay',
        headline: 'Replay',
        detail: tapeText(state),
      }
    case 'live':
      return { kind: 'live', headline: 'Live', detail: station.title || station.id }
  }
}

function tapeText(state: ViewState): string {
  const { tape, replay, station } = state
  const catchingUp = catchingUpText(tape, station)
  if (catchingUp) return catchingUp
  if (tape?.ended) return 'the tape has ended'
  if (tape?.paused ?? replay?.paused) {
    return tape?.paused_because ? `paused: ${tape.paused_because}` : 'paused'
  }
  const speed = tape?.speed ?? replay?.speed
  if (speed === undefined) return 'a recording, not the present'
  return speed === 'max' ? 'as fast as possible, not the present' : `at ${speed}x, not the present`
}
