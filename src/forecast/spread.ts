import type { Instant, Span } from '../domain/instant.ts'

/** Running mean and variance of one quantity since its first measurement (Welford). */
export interface Spread {
  count: number
  mean: number
  /** Sum of squared distances from the mean. */
  squares: number
  first: Instant
  newest: Instant
}

export function emptySpread(): Spread {
  return { count: 0, mean: 0, squares: 0, first: 0, newest: 0 }
}

export function widenSpread(spread: Spread, time: Instant, value: number): void {
  if (spread.count === 0) spread.first = time
  spread.newest = time
  spread.count++
  const off = value - spread.mean
  spread.mean += off / spread.count
  spread.squares += off * (value - spread.mean)
}

/**
 * The deviation so far. A few hours tell little of it, so until `settledAfter` has been seen it is blended with what
 * the physical limits suggest: that they lie ten deviations from their middle.
 */
export function spreadDeviation(
  { count, squares, first, newest }: Spread,
  {
    limits,
    settledAfter,
  }: { readonly limits: { readonly min: number; readonly max: number }; readonly settledAfter: Span },
): number {
  const trust = Math.min(1, (newest - first) / settledAfter)
  const measured = count > 0 ? squares / count : 0
  return Math.sqrt(trust * measured + (1 - trust) * ((limits.max - limits.min) / 20) ** 2)
}
