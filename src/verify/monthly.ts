import type { Instant } from '../domain/instant.ts'
import { emptyScoreSums, mergeSums, type ScoreSums, subtractSums } from './score-sums.ts'

/**
 * Scores of every model by month of the year of the valid time (UTC). A month is what the sums since the start have
 * gained in it, so nothing is added up twice.
 */
export interface MonthlyState {
  /** The month under way, 0 for January; undefined before the first settlement. */
  month: number | undefined
  /** The sums since the start when it began. */
  before: ScoreSums
  /** Of the months that have ended. Shape [month 12], January first. */
  readonly ended: ScoreSums[]
}

export function emptyMonths(): MonthlyState {
  return { month: undefined, before: emptyScoreSums(), ended: Array.from({ length: 12 }, emptyScoreSums) }
}

/** To be called with each valid time before its settlements are added up. */
export function enterMonth(state: MonthlyState, validAt: Instant, sinceStart: ScoreSums): void {
  const month = new Date(validAt).getUTCMonth()
  if (month === state.month) return
  if (state.month !== undefined) {
    state.ended[state.month] = mergeSums([state.ended[state.month]!, subtractSums(sinceStart, state.before)])
  }
  state.before = mergeSums([sinceStart])
  state.month = month
}

/** Every month of the year as it stands. Shape [month 12], January first. */
export function monthsAt(
  { month, before, ended }: MonthlyState,
  sinceStart: ScoreSums,
): readonly ScoreSums[] {
  return ended.map((sums, index) =>
    index === month ? mergeSums([sums, subtractSums(sinceStart, before)]) : sums,
  )
}
