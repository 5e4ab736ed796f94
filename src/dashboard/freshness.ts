import { SECOND, type Span } from '../domain/instant.ts'
import type { ViewState } from './view-state.ts'

/** State of the connection, for the corner of the page. */
export interface Freshness {
  readonly kind: 'waiting' | 'fresh' | 'stale' | 'lost'
  readonly text: string
}

const PATIENCE_SECONDS = 10

/** `now` is wall time, as `receivedAt` is. Silence counts only while something ought to be heard. */
export function freshness(state: ViewState, now: number): Freshness {
  switch (state.link) {
    case 'connecting':
      return { kind: 'waiting', text: 'Connecting …' }
    case 'reconnecting':
      return { kind: 'lost', text: 'Reconnecting … the figures stand still' }
    case 'closed':
      return { kind: 'lost', text: state.linkReason ? `Closed: ${state.linkReason}` : 'Closed' }
    case 'open':
      return opened(state, now)
  }
}

function opened(state: ViewState, now: number): Freshness {
  if (!state.station) return { kind: 'waiting', text: 'Connected, waiting for a station' }
  if (state.receivedAt === undefined) return { kind: 'waiting', text: 'Connected, waiting for readings' }
  const livesAgain = state.tape?.catching_up_to !== undefined
  if (state.tape?.ended) return { kind: 'fresh', text: 'Connected' }
  if (!livesAgain && (state.tape?.paused ?? state.replay?.paused))
    return { kind: 'fresh', text: 'Connected, paused' }
  const age = overdueAge(state, now)
  if (age !== undefined) return { kind: 'stale', text: `The newest reading is ${duration(age / SECOND)} old` }
  const silence = (now - state.receivedAt) / 1000
  return silence > patienceSeconds(state)
    ? { kind: 'stale', text: `Nothing new for ${duration(silence)}` }
    : { kind: 'fresh', text: 'Connected' }
}

/** How old the newest reading of a live station is, where by now three more should have been measured. */
export function overdueAge(state: ViewState, now: number): Span | undefined {
  const { latest, latestIsLive, station } = state
  if (!latest || !latestIsLive || !station) return undefined
  const age = now - latest.time
  return age > Math.max(PATIENCE_SECONDS, 3 * station.cadence_seconds) * SECOND ? age : undefined
}

/** What is shown is not of now: a live sensor has gone silent, or the tape stands where nothing was heard yet. */
export function isOfThePast(state: ViewState, now: number): boolean {
  return overdueAge(state, now) !== undefined || standsElsewhere(state)
}

/** After a jump of a paused tape the newest reading is from before it. */
function standsElsewhere({ tape, station, observed }: ViewState): boolean {
  const end = observed.at(-1)?.time
  if (!tape?.paused || !tape.position || tape.catching_up_to !== undefined) return false
  if (end === undefined || !station) return false
  return Math.abs(Date.parse(tape.position) - end) > 3 * station.cadence_seconds * SECOND
}

/** A feed counts as stale after three missing readings. */
function patienceSeconds(state: ViewState): number {
  if (state.tape?.catching_up_to !== undefined) return PATIENCE_SECONDS
  const speed = state.tape?.speed ?? state.replay?.speed ?? 1
  const between = (state.station?.cadence_seconds ?? 0) / (speed === 'max' ? Number.POSITIVE_INFINITY : speed)
  return Math.max(PATIENCE_SECONDS, 3 * between)
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.floor(seconds)} s`
  if (seconds < 5400) return `${Math.floor(seconds / 60)} min`
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} days`
}
