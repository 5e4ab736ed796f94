import { DAY, formatInstant, type Instant } from '../domain/instant.ts'
import type { TapeCommand, TapeMessage } from '../protocol/messages.ts'

/** Actions on the tape that need no date or speed. */
export type TapeAction = 'toggle' | 'step' | 'day_back' | 'day_forward'

/** The command that carries an action out, as the tape stands; undefined where it would do nothing. */
export function commandOf(action: TapeAction, tape: TapeMessage): TapeCommand | undefined {
  switch (action) {
    case 'toggle':
      if (tape.ended && tape.first !== null) return { seek: tape.first, resume: true }
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

/** A seek, held within the tape: outside it there is nothing to play. */
export function seekTo(instant: Instant, tape: TapeMessage): TapeCommand {
  const first = tape.first === null ? Number.NEGATIVE_INFINITY : Date.parse(tape.first)
  const last = tape.last === null ? Number.POSITIVE_INFINITY : Date.parse(tape.last)
  return { seek: formatInstant(Math.max(first, Math.min(last, instant))) }
}

/** Where the scrubber's ends are, and where it stands. A tape whose end is not known ends a year past its position. */
export interface TapeSpan {
  readonly first: Instant
  readonly last: Instant
  readonly lastKnown: boolean
  readonly position: Instant
}

export function tapeSpan(tape: TapeMessage): TapeSpan | undefined {
  if (tape.first === null) return undefined
  const first = Date.parse(tape.first)
  const position = tape.position === null ? first : Date.parse(tape.position)
  const last = tape.last === null ? Math.max(first, position) + 365 * DAY : Date.parse(tape.last)
  return { first, last, lastKnown: tape.last !== null, position }
}
