import { QUANTILE_LEVELS } from '../domain/forecast.ts'

/** The published intervals, the widest first: the n-th lies between the n-th quantile and the n-th from the end. */
export const INTERVAL_LEVELS = [0.9, 0.8, 0.5] as const

/** Whether the truth lies within the n-th interval, its ends included. Shape of quantiles: [level 7]. */
export function within(quantiles: Float64Array, interval: number, truth: number): boolean {
  return quantiles[interval]! <= truth && truth <= quantiles[quantiles.length - 1 - interval]!
}

/** Width of the n-th interval, in the target's unit. */
export function widthOf(quantiles: Float64Array, interval: number): number {
  return quantiles[quantiles.length - 1 - interval]! - quantiles[interval]!
}

/** The probability each level stands for: from halfway to the one below to halfway to the one above. */
const SHARES = QUANTILE_LEVELS.map((level, index) => {
  const below = index === 0 ? 0 : (QUANTILE_LEVELS[index - 1]! + level) / 2
  const above = index === QUANTILE_LEVELS.length - 1 ? 1 : (level + QUANTILE_LEVELS[index + 1]!) / 2
  return above - below
})

/**
 * The continuous ranked probability score approximated from the seven quantiles: twice the mean pinball loss, each
 * level weighted with the probability that it stands for. In the unit of the target; |error| where all quantiles are
 * equal.
 */
export function crps(quantiles: Float64Array, truth: number): number {
  let sum = 0
  for (let index = 0; index < QUANTILE_LEVELS.length; index++) {
    const over = quantiles[index]! - truth
    const level = QUANTILE_LEVELS[index]!
    sum += SHARES[index]! * (over > 0 ? (1 - level) * over : -level * over)
  }
  return 2 * sum
}
