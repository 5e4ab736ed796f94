import type { Instant } from '../domain/instant.ts'
import { emptyScoreSums, mergeSums, type ScoreSums, subtractSums } from './score-sums.ts'

/**
 * What the seasons do to every model: its figures by month of the year of the valid time (UTC). Nothing is added up
 * twice: a month is what the sums since the start have gained in it.
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

/** To be told of each valid time before its settlements are added up. */
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
