/** Mean and variance of a quantity so far. Plain data. */
export interface RunningScale {
  mean: number
  variance: number
  count: number
}

/** In deviations: whatever is further off counts as this far. */
const FURTHEST = 6

export function emptyScale(): RunningScale {
  return { mean: 0, variance: 0, count: 0 }
}

export function widenScale(scale: RunningScale, value: number): void {
  if (!Number.isFinite(value)) return
  scale.count++
  const off = value - scale.mean
  scale.mean += off / scale.count
  scale.variance += (off * (value - scale.mean) - scale.variance) / scale.count
}

/** In deviations from the mean; NaN stays, and of a quantity that never changed it is 0. */
export function standardised({ mean, variance }: RunningScale, value: number): number {
  if (variance <= 0) return Number.isNaN(value) ? Number.NaN : 0
  return Math.min(FURTHEST, Math.max(-FURTHEST, (value - mean) / Math.sqrt(variance)))
}

export function inUnits({ mean, variance }: RunningScale, value: number): number {
  return mean + value * Math.sqrt(variance)
}
