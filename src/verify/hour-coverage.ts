import type { Fold } from '../domain/fold.ts'
import type { Settlement } from '../domain/forecast.ts'
import { HOUR, type Span } from '../domain/instant.ts'
import { within } from './losses.ts'

const HOURS = 24

/** By hour of day of the valid time on the station's clock, over all leads. Shape of each: [hour 24]. */
export interface HourCoverageState {
  /** Truths within the 90 % interval. */
  readonly inside: Float64Array
  /** Of how many. */
  readonly count: Float64Array
}

/** Coverage of the 90 % interval by hour of day: nights that are easy hide noons that are not. */
export function hourCoverage(utcOffset: Span): Fold<HourCoverageState, readonly Settlement[], undefined> {
  return {
    initial: () => ({ inside: new Float64Array(HOURS), count: new Float64Array(HOURS) }),
    step(state, settlements) {
      for (const { validAt, quantiles, truth } of settlements) {
        const hour = ((Math.floor((validAt + utcOffset) / HOUR) % HOURS) + HOURS) % HOURS
        state.inside[hour]! += within(quantiles, 0, truth) ? 1 : 0
        state.count[hour]! += 1
      }
      return { state, output: undefined }
    },
  }
}

/** NaN where nothing was settled. Shape [hour 24]. */
export function coverageByHour({ inside, count }: HourCoverageState): readonly number[] {
  return Array.from(inside, (held, hour) => (count[hour]! > 0 ? held / count[hour]! : Number.NaN))
}
