import { formatInstant, type Instant, parseDateOrInstant } from '../src/domain/instant.ts'
import { parsedSpeed, speedMessage } from '../src/protocol/encode.ts'
import type { TapeCommand, TapeMessage } from '../src/protocol/tape.ts'
import { placeBehind, rowsOf, type Stretch, seek, unlived } from './lived.ts'

/** The state of a replay: commands change it in place, `replay-controller.ts` plays by it. */
export interface ReplayControllerState {
  session: string
  /** The row behind which the session goes on from what was kept; 0 where its models begin anew. */
  after: number
  /** Event time over wall time; Infinity is as fast as possible. */
  speed: number
  paused: boolean
  /** Why it is paused, where no command did that. */
  pausedBecause: string | undefined
  loop: boolean
  ended: boolean
  /** What was lived, up to where the tape stands and beyond where it was wound back. At least one. */
  lived: Stretch[]
  /** Rows played since the models began. */
  rows: number
  /** Where that is in what was lived: which stretch, and how many of its rows. */
  stretch: number
  rowsOfStretch: number
  /** Rows still to be played while paused. */
  steps: number
  /** Up to here on the tape it goes as fast as possible. */
  leadInEnd: Instant
  /** Up to here, and to so many rows, it is lived again as fast as possible, paused or not. */
  catchUp: { readonly to: Instant; readonly rows: number }
  /** Time of the tape of the row played last in this session. */
  played: Instant | null
  /** Where the position was moved to, until a row is played there. */
  target: Instant | null
  /** Counts how often the position was moved, by which the player notices that it must go on elsewhere. */
  moves: number
  /** Newest event time of live ticks of the same station; a session that has seen it does not go on from before it. */
  liveUpTo: Instant
}

export const NOT_CATCHING_UP: ReplayControllerState['catchUp'] = { to: Number.NEGATIVE_INFINITY, rows: 0 }

/** What commands are checked against. `span.start` is where a session begins unless a seek put it elsewhere. */
export interface CommandContext {
  readonly span: {
    readonly first: Instant /** Null until it is known. */
    last: Instant | null
    readonly start: Instant
    readonly until: Instant | undefined
  }
  readonly newSession: () => string
  /** Whether what was lived is kept. */
  readonly remembers: boolean
  /** The nearest state before a time that is kept, of the first `most` rows. */
  readonly keptBefore: (time: Instant, most: number) => KeptPlace | undefined
}

/** Where on a tape a state is kept. */
export interface KeptPlace {
  /** The row behind which it stands, counted since the models began. */
  readonly row: number
  /** Event time of the newest reading that was taken in by then. */
  readonly time: Instant
}

export interface CommandError {
  readonly code: 'bad_request' | 'out_of_range' | 'would_forget'
  readonly message: string
}

/** Carries out a command, its keys in the schema's order, or refuses it and changes nothing. */
export function applyCommand(
  state: ReplayControllerState,
  command: TapeCommand,
  context: CommandContext,
): CommandError | undefined {
  const to = command.seek === undefined ? undefined : parseDateOrInstant(command.seek)
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
    if (!command.forget && !command.anew && forgets(state, to, context)) {
      const begun = state.lived[0]?.from ?? Number.NEGATIVE_INFINITY
      const why = context.remembers
        ? to < begun
          ? 'it is before all that was lived, which would be forgotten'
          : 'it was jumped over, and what was lived behind it would be forgotten'
        : 'this tape is not kept, so that all that was learnt would be forgotten'
      return {
        code: 'would_forget',
        message: `seek: ${formatInstant(to)}: ${why}: say \`forget\` too if that is meant`,
      }
    }
  }
  if (command.speed !== undefined) state.speed = parsedSpeed(command.speed)
  if (command.loop !== undefined) state.loop = command.loop
  if (command.anew) beginAnew(state, context)
  if (to !== undefined) moveTo(state, to, context)
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

function isBackward(state: ReplayControllerState, to: Instant): boolean {
  return state.played !== null && to <= state.played
}

function forgets(state: ReplayControllerState, to: Instant, { remembers }: CommandContext): boolean {
  return remembers ? seek(state.lived, to).forgets : isBackward(state, to)
}

/**
 * To where the nearest kept state stands, or on from here where that is nearer, and as fast as possible from there.
 * Where nothing is kept a seek backwards forgets: weights trained on July would otherwise forecast June.
 */
function moveTo(state: ReplayControllerState, to: Instant, context: CommandContext): void {
  state.leadInEnd = Number.NEGATIVE_INFINITY
  if (!context.remembers && isBackward(state, to)) {
    state.lived = [unlived(to)]
    beginSession(state, context)
  } else {
    state.lived = seek(context.remembers ? state.lived : livedSoFar(state), to).lived
    restore(state, to, context)
  }
  state.catchUp = { to, rows: 0 }
  movePosition(state, to)
}

/** Without what lies ahead of a tape that was wound back. */
function livedSoFar({ lived, stretch }: ReplayControllerState): readonly Stretch[] {
  return lived.slice(0, stretch + 1)
}

/** Where a state that is kept is nearer to a time than where the tape stands, a session begins that goes on from there. */
function restore(
  state: ReplayControllerState,
  to: Instant,
  context: CommandContext,
  { fromHere = true }: { readonly fromHere?: boolean } = {},
): void {
  const lived = rowsOf(state.lived)
  const kept = context.remembers ? context.keptBefore(to, lived) : undefined
  const isHere = !isBackward(state, to) && state.rows <= lived && state.rows >= (kept?.row ?? 0)
  if (!(fromHere && isHere)) beginSession(state, context, kept)
}

/** Where live ticks went beyond the position of the tape, it goes on from there in a session that has not seen them. */
function leaveLive(state: ReplayControllerState, context: CommandContext): void {
  const here = state.target ?? state.played ?? context.span.start
  if (here > state.liveUpTo && !(context.remembers && Number.isFinite(state.liveUpTo))) return
  if (context.remembers) {
    const { rows } = state
    restore(state, here, context, { fromHere: false })
    state.catchUp = { to: here, rows }
  } else {
    state.lived = [unlived(here)]
    beginSession(state, context)
  }
  movePosition(state, here)
}

/** Forgets all that was lived. */
function beginAnew(state: ReplayControllerState, context: CommandContext): void {
  state.lived = [firstStretch(context.span)]
  beginSession(state, context)
  movePosition(state, context.span.start)
}

/** From its beginning all of a tape is played. */
export function firstStretch({ first, start }: CommandContext['span']): Stretch {
  return unlived(start > first ? start : null)
}

/** `kept`: what it goes on from; by default its models begin anew. */
export function beginSession(
  state: ReplayControllerState,
  { newSession }: Pick<CommandContext, 'newSession'>,
  kept?: KeptPlace,
): void {
  state.session = newSession()
  state.after = kept?.row ?? 0
  state.played = kept?.time ?? null
  state.liveUpTo = Number.NEGATIVE_INFINITY
  state.catchUp = NOT_CATCHING_UP
  standBehind(state, state.after)
}

/** Puts the tape behind a row, counted since the models began. */
export function standBehind(state: ReplayControllerState, rows: number): void {
  const place = placeBehind(state.lived, rows)
  const stretch = state.lived[place.stretch]!
  // More may have been played than was noted, of what was not noted either: in the stretch that was the last one then.
  if (place.rows > stretch.rows) {
    stretch.rows = place.rows
    stretch.last = undefined
  }
  state.rows = rows
  state.stretch = place.stretch
  state.rowsOfStretch = place.rows
}

export function movePosition(state: ReplayControllerState, to: Instant): void {
  state.target = to
  state.moves++
  state.steps = 0
  state.ended = false
}

export function tapeMessage(
  state: ReplayControllerState,
  { span, remembers }: Pick<CommandContext, 'span' | 'remembers'>,
): TapeMessage {
  const position = state.target ?? state.played
  const { to } = state.catchUp
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
    start: formatInstant(remembers ? (state.lived[0]!.from ?? span.first) : span.start),
    ...(span.until !== undefined && { until: formatInstant(span.until) }),
    remembers,
    ...(Number.isFinite(to) && { catching_up_to: formatInstant(to) }),
  }
}

function spanned({ first, last, until }: CommandContext['span']): string {
  const begins = formatInstant(first)
  if (until !== undefined && (last === null || until <= last))
    return `${begins} until before ${formatInstant(until)}`
  return last === null ? `which begins at ${begins}` : `${begins} to ${formatInstant(last)}`
}
