import type { Fold } from '../domain/fold.ts'
import { LEADS, type Settlement } from '../domain/forecast.ts'
import { DAY } from '../domain/instant.ts'
import { advanceToDay, type DayRing, emptyDays, isFull } from './day-ring.ts'
import { within } from './losses.ts'

export interface WorstCoverageState {
  readonly days: DayRing
  /** The lowest share of truths within the 90 % interval over 30 days in a row; 1 before there are any. Shape [lead 24]. */
  readonly lowest: Float64Array
}

const INSIDE = 0
const COUNT = LEADS

/** Coverage of the 90 % interval in its worst 30 days, at each lead, which a mean over years hides. */
export const worstCoverage: Fold<WorstCoverageState, readonly Settlement[], undefined> = {
  initial: () => ({ days: emptyDays(2 * LEADS), lowest: new Float64Array(LEADS).fill(1) }),
  step(state, settlements) {
    const { days, lowest } = state
    for (const { validAt, leadIndex, quantiles, truth } of settlements) {
      advanceToDay(days, Math.floor(validAt / DAY), () => {
        if (!isFull(days)) return
        for (let lead = 0; lead < LEADS; lead++) {
          const count = days.total[COUNT + lead]!
          if (count > 0) lowest[lead] = Math.min(lowest[lead]!, days.total[INSIDE + lead]! / count)
        }
      })
      days.open[INSIDE + leadIndex]! += within(quantiles, 0, truth) ? 1 : 0
      days.open[COUNT + leadIndex]! += 1
    }
    return { state, output: undefined }
  },
}
