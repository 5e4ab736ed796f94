import { DAY, HOUR, MINUTE, type Span } from '../domain/instant.ts'

/** What came of an asking. */
export interface Outcome {
  readonly every: Span
  /** How many have failed in a row, this one included; 0 where it succeeded. */
  readonly failing: number
  /** It asked for patience. */
  readonly isBusy?: boolean
  /** For how long, where it said. */
  readonly retryAfter?: Span | undefined
}

/** Many of us are not to come at one time, the full hour least of all. */
const SPREAD = 0.05
const FIRST_RETRY: Span = MINUTE
const LONGEST_RETRY: Span = 6 * HOUR
/** Whoever names more than that, or a date of another year, is asked again after it. */
const LONGEST_WAIT: Span = DAY

/**
 * How long to wait before asking again: somewhat more than `every` while all goes well, else longer from failure to
 * failure, and never less than was asked for. `unit`: a random number in [0, 1).
 */
export function waitAfter({ every, failing, isBusy = false, retryAfter }: Outcome, unit: number): Span {
  if (failing === 0) return every * (1 + SPREAD * unit)
  const doubled = Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** Math.min(failing - 1, 16))
  const backedOff = doubled * (0.75 + 0.5 * unit)
  if (retryAfter !== undefined)
    return Math.max(backedOff, Math.min(retryAfter, LONGEST_WAIT) * (1 + SPREAD * unit))
  // Open-Meteo does not say how long; its shortest count of requests is of a minute, its longest of a day.
  return isBusy ? Math.max(backedOff, every) : backedOff
}
