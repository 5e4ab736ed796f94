import type { IntervalBasis } from '../domain/forecast.ts'
import { MIN_SCORES } from './conformal.ts'
import { bestScale } from './error-scales.ts'
import type { IntervalState } from './intervals.ts'

/** What the intervals that are published now rest on, lead by lead. */
export function intervalBasis({ leads, onScales }: IntervalState): IntervalBasis {
  return {
    errors: leads.map(({ settled }) => settled),
    scales: leads.map(({ scores }, lead) => {
      const scale = onScales && bestScale(onScales, lead)
      const count = (scale && onScales?.scales[scale]?.leads[lead]?.scores.count) ?? scores.count
      return count < MIN_SCORES ? 'spread' : (scale ?? 'plain')
    }),
    // The widest: what it aims at so that 90 % hold.
    level90: leads.map(({ targetMiscoverage }, lead) => {
      const scale = onScales && bestScale(onScales, lead)
      const target = (scale && onScales?.scales[scale]?.leads[lead]?.targetMiscoverage) ?? targetMiscoverage
      return 1 - target[0]!
    }),
  }
}
