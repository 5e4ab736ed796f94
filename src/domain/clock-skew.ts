import { MINUTE, SECOND, type Span } from './instant.ts'

/** The furthest that any stamp may be ahead of the clock of whoever takes it in. */
export const MOST_AHEAD: Span = MINUTE
/** Clocks of machines in one network differ by this much without anybody noticing. */
const LEAST_AHEAD: Span = 5 * SECOND

/**
 * How far a live measurement may be ahead of the clock of whoever takes it in. Half a cadence: even where such a stamp
 * is wrong, the next measurement, stamped right, is still later, and so not late.
 */
export function aheadAllowed(cadence: Span): Span {
  return Math.min(MOST_AHEAD, Math.max(LEAST_AHEAD, cadence / 2))
}
