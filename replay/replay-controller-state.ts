import { formatInstant, type Instant, parseInstant } from '../src/domain/instant.ts'
import { parsedSpeed, speedMessage } from '../src/protocol/encode.ts'
import type { TapeCommand, TapeMessage } from '../src/protocol/messages.ts'

/** The state of a replay: commands change it in place, `replay-controller.ts` plays by it. */
export interface ReplayControllerState {
  session: string
  /** Event time over wall time; Infinity is as fast as possible. */
  speed: number
  paused: boolean
  /** Why it is paused, where no command did that. */
  pausedBecause: string | undefined
  loop: boolean
  ended: boolean
  /** Rows played in this session. */
  rows: number
  /** Rows still to be played while paused. */
  steps: number
  /** Up to here on the tape it goes as fast as possible. */
  leadInEnd: Instant
  /** Time of the tape of the row played last in this session. */
  played: Instant | null
  /** Where the position was moved to, until a row is played there. */
  target: Instant | null
  /** Counts how often the position was moved, by which the player notices that it must go on elsewhere. */
  moves: number
  /** Newest event time of live ticks of the same station; a session that has seen it does not go on from before it. */
  liveUpTo: Instant
}

/** What commands are checked against. `span.start` is where a session begins unless a seek put it elsewhere. */
export interface CommandContext {
  readonly span: {
    readonly first: Instant /** Null until it is known. */
    last: Instant | null
    readonly start: Instant
    readonly until: Instant | undefined
  }
  readonly newSession: () => string
}

export interface CommandError {
  readonly code: 'bad_request' | 'out_of_range'
  readonly message: string
}

/** Carries out a command, its keys in the schema's order, or refuses it and changes nothing. */
export function applyCommand(
  state: ReplayControllerState,
  command: TapeCommand,
  context: CommandContext,
): CommandError | undefined {
  const to = command.seek === undefined ? undefined : parseInstant(command.seek)
  if (command.seek !== undefined) {
    if (to === undefined) {
      const rule = 'a date or a time with its zone, such as 2012-07-01 or 2012-07-01T12:00:00Z'
      return { code: 'bad_request', message: `seek: '${command.seek}' is not ${rule}` }
    }
    const { first, last, until } = context.span
    if (to < first || (last !== null && to > last) || (until !== undefined && to >= until)) {
      return {
        code: 'out_of_range',
        message: `seek: ${formatInstant(to)} is outside the tape, ${spanned(context.span)}`,
      }
    }
  }
  if (command.speed !== undefined) state.speed = parsedSpeed(command.speed)
  if (command.loop !== undefined) state.loop = command.loop
  if (to !== undefined) seek(state, to, context)
  if (command.pause) state.paused = true
  if (command.resume && state.paused) {
    state.paused = false
    state.pausedBecause = undefined
    state.steps = 0
    leaveLive(state, context)
  }
  if (command.step !== undefined) {
    state.paused = true
    leaveLive(state, context)
    if (!state.ended) state.steps += command.step
  }
  return undefined
}

/** Forward stays in the session. Backward begins a new one, so that what was learnt from later rows is forgotten. */
function seek(state: ReplayControllerState, to: Instant, context: CommandContext): void {
  const backward = state.played !== null && to <= state.played
  if (backward) beginSession(state, context)
  state.leadInEnd = Number.NEGATIVE_INFINITY
  movePosition(state, to)
}

/** Where live ticks went beyond the position of the tape, it goes on from there in a new session. */
function leaveLive(state: ReplayControllerState, context: CommandContext): void {
  const here = state.target ?? state.played ?? context.span.start
  if (here > state.liveUpTo) return
  beginSession(state, context)
  movePosition(state, here)
}

export function beginSession(state: ReplayControllerState, { newSession }: CommandContext): void {
  state.session = newSession()
  state.rows = 0
  state.played = null
  state.liveUpTo = Number.NEGATIVE_INFINITY
}

export function movePosition(state: ReplayControllerState, to: Instant): void {
  state.target = to
  state.moves++
  state.steps = 0
  state.ended = false
}

export function tapeMessage(
  state: ReplayControllerState,
  { span }: Pick<CommandContext, 'span'>,
): TapeMessage {
  const position = state.target ?? state.played
  return {
    session: state.session,
    speed: speedMessage(state.speed),
    paused: state.paused,
    ...(state.pausedBecause !== undefined && { paused_because: state.pausedBecause }),
    loop: state.loop,
    ended: state.ended,
    position: position === null ? null : formatInstant(position),
    first: formatInstant(span.first),
    last: span.last === null ? null : formatInstant(span.last),
    rows: state.rows,
  }
}

function spanned({ first, last, until }: CommandContext['span']): string {
  const begins = formatInstant(first)
  if (until !== undefined && (last === null || until <= last))
    return `${begins} until before ${formatInstant(until)}`
  return last === null ? `which begins at ${begins}` : `${begins} to ${formatInstant(last)}`
}
