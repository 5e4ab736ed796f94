import type { Instant } from '../domain/instant.ts'
import { emptyTallies, less, type Tallies, together } from './score-sums.ts'

/**
 * What the seasons do to every model: its figures by month of the year of the valid time (UTC). Nothing is added up
 * twice: a month is what the sums since the start have gained in it.
 */
export interface MonthlyState {
  /** The month under way, 0 for January; undefined before the first settlement. */
  month: number | undefined
  /** The sums since the start when it began. */
  before: Tallies
  /** Of the months that have ended. Shape [month 12], January first. */
  readonly ended: Tallies[]
}

export function emptyMonths(): MonthlyState {
  return { month: undefined, before: emptyTallies(), ended: Array.from({ length: 12 }, emptyTallies) }
}

/** To be told of each valid time before its settlements are added up. */
export function enterMonth(state: MonthlyState, validAt: Instant, sinceStart: Tallies): void {
  const month = new Date(validAt).getUTCMonth()
  if (month === state.month) return
  if (state.month !== undefined) {
    state.ended[state.month] = together([state.ended[state.month]!, less(sinceStart, state.before)])
  }
  state.before = together([sinceStart])
  state.month = month
}

/** Every month of the year as it stands. Shape [month 12], January first. */
export function monthsAt({ month, before, ended }: MonthlyState, sinceStart: Tallies): readonly Tallies[] {
  return ended.map((tallies, index) =>
    index === month ? together([tallies, less(sinceStart, before)]) : tallies,
  )
}
