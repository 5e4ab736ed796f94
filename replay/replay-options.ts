import { TickcastError } from '../src/domain/errors.ts'
import { formatInstant, type Instant, type Span } from '../src/domain/instant.ts'
import type { Tape } from './tape.ts'

/** How a tape is to be played. */
export interface ReplayOptions {
  /** Event time over wall time. Default Infinity: as fast as possible. */
  readonly speed?: number
  readonly paused?: boolean
  /** Begins anew at the end, in a new session. */
  readonly loop?: boolean
  /** The first event time that is played. Default: the tape's first. */
  readonly from?: Instant
  /** The first event time that is not played any more. */
  readonly until?: Instant
  /** This much at the start of a session is played as fast as possible, so that the models have something to go by. */
  readonly leadIn?: Span
  /** Names a session. Default: a ULID. */
  readonly newSession?: () => string
}

/** Throws a `TickcastError` (`usage`) where nothing of the tape lies between `from` and `until`. */
export function checkSpan(tape: Tape, { from, until }: ReplayOptions): void {
  const last = tape.last ?? Number.POSITIVE_INFINITY
  const extent = `${formatInstant(tape.first)} to ${tape.last === null ? 'an end not known yet' : formatInstant(tape.last)}`
  if (from !== undefined && (from < tape.first || from > last))
    throw new TickcastError('usage', `--from ${formatInstant(from)}: outside the tape, ${extent}`)
  if (until !== undefined && until <= (from ?? tape.first))
    throw new TickcastError(
      'usage',
      `--until ${formatInstant(until)}: not after the start of what is played; the tape is ${extent}`,
    )
}
