import { LEADS } from '../domain/forecast.ts'
import { coverage, intervalCount } from './interval-sums.ts'
import { INTERVAL_LEVELS } from './losses.ts'
import type { ScoreTable } from './rolling.ts'

/** How far the coverage of 30 days may be from nominal before the intervals count as off. */
export const COVERAGE_TOLERANCE = 0.08

/** Fewer forecasts in a window say nothing: as on the day after a jump of the tape, or a sensor's long silence. */
const FEWEST = 100

/** One interval at one lead over the last 30 days. */
export interface Coverage {
  readonly leadIndex: number
  readonly nominal: number
  readonly coverage: number
}

export interface Calibration {
  /** `early`: no lead has 30 days behind it and a hundred forecasts in the last 30. `off`: at least one interval is further off than the tolerance. */
  readonly state: 'early' | 'held' | 'off'
  /** The one furthest from nominal; undefined while it is early. */
  readonly worst: Coverage | undefined
  /** All beyond the tolerance, by level and lead. */
  readonly off: readonly Coverage[]
}

/** Whether the published intervals have held what they promise over the last 30 days, at every lead that has as many. */
export function calibrationOf({ intervals }: ScoreTable): Calibration {
  const seen: Coverage[] = []
  if (intervals) {
    for (const [interval, nominal] of INTERVAL_LEVELS.entries()) {
      for (let leadIndex = 0; leadIndex < LEADS; leadIndex++) {
        const count = intervalCount(intervals['30d'], leadIndex)
        // Something has left the window, so it is full.
        const full = count >= FEWEST && intervalCount(intervals.all, leadIndex) > count
        const share = coverage(intervals['30d'], leadIndex, interval)
        if (full && !Number.isNaN(share)) seen.push({ leadIndex, nominal, coverage: share })
      }
    }
  }
  const distance = (one: Coverage): number => Math.abs(one.coverage - one.nominal)
  const worst = seen.reduce<Coverage | undefined>(
    (far, one) => (far && distance(far) >= distance(one) ? far : one),
    undefined,
  )
  const off = seen.filter((one) => distance(one) > COVERAGE_TOLERANCE)
  return { state: worst === undefined ? 'early' : off.length > 0 ? 'off' : 'held', worst, off }
}
