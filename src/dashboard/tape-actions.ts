import { DAY, formatInstant, type Instant, SECOND } from '../domain/instant.ts'
import type { TapeCommand, TapeMessage } from '../protocol/tape.ts'

/** Actions on the tape that need no date or speed. */
export type TapeAction = 'toggle' | 'step' | 'day_back' | 'day_forward'

/** The command that carries an action out, as the tape stands; undefined where it would do nothing. */
export function commandOf(action: TapeAction, tape: TapeMessage): TapeCommand | undefined {
  switch (action) {
    case 'toggle':
      if (tape.ended && tape.first !== null) return { seek: tape.start ?? tape.first, resume: true }
      return tape.paused ? { resume: true } : { pause: true }
    case 'step':
      return tape.paused ? { step: 1 } : { pause: true, step: 1 }
    case 'day_back':
      return seekBy(-DAY, tape)
    case 'day_forward':
      return seekBy(DAY, tape)
  }
}

function seekBy(span: number, tape: TapeMessage): TapeCommand | undefined {
  return tape.position === null ? undefined : seekTo(Date.parse(tape.position) + span, tape)
}

/** A seek, held within what is played of the tape: outside it there is nothing. */
export function seekTo(instant: Instant, tape: TapeMessage): TapeCommand {
  const first = tape.first === null ? Number.NEGATIVE_INFINITY : Date.parse(tape.first)
  const last = lastSought(tape) ?? Number.POSITIVE_INFINITY
  return { seek: formatInstant(Math.max(first, Math.min(last, instant))) }
}

/** The latest time that can be sought, before `until` where that cuts the tape short; undefined where it is not known. */
function lastSought({ last, until }: TapeMessage): Instant | undefined {
  const ends = [
    ...(last === null ? [] : [Date.parse(last)]),
    ...(until === undefined ? [] : [Date.parse(until) - SECOND]),
  ]
  return ends.length > 0 ? Math.min(...ends) : undefined
}

/** What a person is asked before a command is carried out. `command` is sent once the answer is yes. */
export interface Question {
  readonly kind: 'forget' | 'anew'
  readonly command: TapeCommand
}

/** Asked where a command was refused since it would forget what was learnt. */
export function forgetQuestion(refused: TapeCommand): Question {
  return { kind: 'forget', command: { ...refused, forget: true } }
}

export const ANEW_QUESTION: Question = { kind: 'anew', command: { anew: true } }

/** Where the scrubber's ends are, and where it stands. A tape whose end is not known ends a year past its position. */
export interface TapeSpan {
  readonly first: Instant
  readonly last: Instant
  readonly lastKnown: boolean
  /** Where the tape stands, or is on its way to. */
  readonly position: Instant
}

export function tapeSpan(tape: TapeMessage): TapeSpan | undefined {
  if (tape.first === null) return undefined
  const first = Date.parse(tape.first)
  const position = tape.position === null ? first : Date.parse(tape.position)
  const last = lastSought(tape)
  return {
    first,
    last: last ?? Math.max(first, position) + 365 * DAY,
    lastKnown: last !== undefined,
    position,
  }
}

/**
 * Where the models are. While a tape plays, or is lived again, that is the moment shown: its own position is asked for
 * now and then, and is ahead of what has been worked off of it. While it stands its position tells, of a time that was
 * sought too. Undefined where nothing has been played yet.
 */
export function livedUpTo(
  { catching_up_to, position, paused, ended }: TapeMessage,
  shown: Instant | undefined,
): Instant | undefined {
  if (catching_up_to !== undefined) return shown
  const standing = position === null ? undefined : Date.parse(position)
  return paused || ended ? standing : (shown ?? standing)
}
