import { emptyHealth, type HealthState } from '../../../src/core/health/health-state.ts'
import { type HealthOptions, sensorHealth } from '../../../src/core/health/sensor-health.ts'
import { DAY, HOUR } from '../../../src/domain/instant.ts'
import { seededRandom } from '../../../src/domain/random.ts'
import type { SensorFault } from '../../../src/domain/reading.ts'

export const CADENCE = HOUR / 2

/** A daily swing of 6 K with weather beneath it, in tenths, every half an hour. */
export function swing(rows: number, seed = 1): number[] {
  const random = seededRandom(seed)
  let drift = 0
  return Array.from({ length: rows }, (_, row) => {
    drift = 0.98 * drift + random.unit() - 0.5
    return Math.round(10 * (12 + 6 * Math.sin((2 * Math.PI * row * CADENCE) / DAY) + drift)) / 10
  })
}

/** What is found of a sensor of which `real` was expected, give or take 3, from the row `first` on; a row a reading. */
export function verdictsOf(
  values: readonly number[],
  {
    real = values,
    state = emptyHealth(),
    first = 0,
    ...options
  }: {
    readonly real?: readonly number[]
    readonly state?: HealthState
    readonly first?: number
  } & Partial<HealthOptions> = {},
): (SensorFault | undefined)[] {
  const sensor = sensorHealth({
    ...{ cadence: CADENCE, unit: 'degC', limits: { min: -150, max: 150 }, reportsChanges: false },
    ...options,
  })
  return values.slice(first).map((value, index) => {
    const row = first + index
    const mean = real[row]!
    const expected = { mean, low: mean - 3, high: mean + 3 }
    return sensor.judge(state, { time: row * CADENCE, value }, () => (row > 0 ? expected : undefined))
  })
}

/** With other values in a stretch of rows. */
export function changed(
  values: readonly number[],
  [from, to]: readonly [from: number, to: number],
  says: (value: number, row: number) => number,
): number[] {
  return values.map((value, row) => (row >= from && row < to ? says(value, row) : value))
}

/** Rows by what was found of them. */
export function rowsOf(verdicts: readonly (SensorFault | undefined)[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const verdict of verdicts) if (verdict) counts[verdict] = (counts[verdict] ?? 0) + 1
  return counts
}
