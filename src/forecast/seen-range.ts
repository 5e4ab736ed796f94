import type { Instant } from '../domain/instant.ts'
import { emptySpread, type Spread, widenSpread } from './spread.ts'

/** What the target has gone through so far, so that a model that diverges can be kept near it. */
export interface SeenRange {
  lowest: number
  highest: number
  readonly spread: Spread
}

/** How far beyond anything seen so far a forecast may go, in deviations of the target so far. */
const BEYOND = 0.5

export function emptyRange(): SeenRange {
  return { lowest: Number.POSITIVE_INFINITY, highest: Number.NEGATIVE_INFINITY, spread: emptySpread() }
}

export function widenRange(range: SeenRange, time: Instant, value: number): void {
  range.lowest = Math.min(range.lowest, value)
  range.highest = Math.max(range.highest, value)
  widenSpread(range.spread, time, value)
}

/** Brings values into the range seen so far and half a deviation more, in place. */
export function keepInRange({ lowest, highest, spread }: SeenRange, values: Float64Array): void {
  if (spread.count === 0) return
  const beyond = BEYOND * Math.sqrt(spread.squares / spread.count)
  for (let index = 0; index < values.length; index++) {
    values[index] = Math.min(highest + beyond, Math.max(lowest - beyond, values[index]!))
  }
}
