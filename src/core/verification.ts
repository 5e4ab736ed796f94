import type { Settlement } from '../domain/forecast.ts'
import { emptyMonths, enterMonth, type MonthlyState } from '../verify/monthly.ts'
import { type RollingState, rolling } from '../verify/rolling.ts'

/** How good the forecasts of a session have been. Plain data. */
export interface VerificationState {
  readonly rolling: RollingState
  readonly months: MonthlyState
}

export function emptyVerification(): VerificationState {
  return { rolling: rolling.initial(), months: emptyMonths() }
}

/** Takes in what one reading has settled. */
export function score(state: VerificationState, settlements: readonly Settlement[]): void {
  const [first] = settlements
  if (!first) return
  enterMonth(state.months, first.validAt, state.rolling.sinceStart)
  rolling.step(state.rolling, settlements)
}
