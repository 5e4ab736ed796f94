import type { Fold } from '../domain/fold.ts'
import { LEADS, QUANTILE_LEVELS, type Settlement } from '../domain/forecast.ts'

export interface ReliabilityState {
  /** How many truths lay below each published quantile. Shape [level 7][lead 24]. */
  readonly below: Float64Array
  /** Of how many. Shape [lead 24]. */
  readonly count: Float64Array
}

/** Counts for a reliability diagram: how often truths lie below each quantile; 5 % of them should lie below the 5 % quantile. */
export const reliability: Fold<ReliabilityState, readonly Settlement[], undefined> = {
  initial: () => ({
    below: new Float64Array(QUANTILE_LEVELS.length * LEADS),
    count: new Float64Array(LEADS),
  }),
  step(state, settlements) {
    for (const { leadIndex, truth, quantiles } of settlements) {
      state.count[leadIndex]! += 1
      quantiles.forEach((quantile, level) => {
        if (truth < quantile) state.below[level * LEADS + leadIndex]! += 1
      })
    }
    return { state, output: undefined }
  },
}

/** Share of the truths below a quantile at a lead; NaN where nothing was settled. */
export function shareBelow({ below, count }: ReliabilityState, level: number, lead: number): number {
  return count[lead]! > 0 ? below[level * LEADS + lead]! / count[lead]! : Number.NaN
}
