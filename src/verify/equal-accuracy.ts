import { criticalT, twoSided } from './student.ts'

/**
 * How much less one forecaster misses by than another, added up by day of issue, of the days on which both forecast, in
 * order. Two arrays of one length.
 */
export interface DailyDifferences {
  /** Loss of the one less loss of the other, over a day's forecasts. */
  readonly sums: Float64Array
  /** How many forecasts that is over; above 0. */
  readonly counts: Float64Array
}

export interface AccuracyTest {
  readonly forecasts: number
  readonly days: number
  /** Mean of loss less loss: below zero where the first is better. NaN without a forecast. */
  readonly difference: number
  /** Where the true difference lies, in 95 of 100 cases. NaN where there are too few days to tell. */
  readonly low: number
  readonly high: number
  /** Of how many cosines its variance comes; 0: there are too few days. */
  readonly degrees: number
  /** How often a difference at least so far from zero comes of luck alone between two that are equally good; NaN as above. */
  readonly p: number
}

/** Fewer say nothing: two cosines over two weeks, each slower than the weather of a few days. */
export const FEWEST_DAYS = 14
const LEVEL = 0.05

/**
 * Diebold and Mariano's test (1995) that two forecasters are equally good, respecting that errors of overlapping
 * horizons, and of one spell of weather, come together. Differences are added up by day, so that a lead of up to a day
 * overlaps the next day alone, and gaps and forecasts every ten minutes change nothing of the time scale. The long-run
 * variance of the days is the mean square of their first B cosine transforms, B = 0.41 T^(2/3) of T days, and the
 * statistic is held against Student's t with B degrees of freedom (Lazarus, Lewis, Stock and Watson 2018; as Coroneo and
 * Iacone 2020 for this very test): each cosine takes in T / B days and more, never less than the lead.
 */
export function equalAccuracy({ sums, counts }: DailyDifferences): AccuracyTest {
  const days = sums.length
  const forecasts = total(counts)
  const difference = total(sums) / forecasts
  const degrees = days < FEWEST_DAYS ? 0 : Math.floor(0.41 * days ** (2 / 3))
  const nothing = { forecasts, days, difference, low: Number.NaN, high: Number.NaN, degrees, p: Number.NaN }
  if (degrees === 0) return nothing
  // What a day's sum is away from the mean, given how many forecasts it had.
  const departures = sums.map((sum, day) => sum - difference * counts[day]!)
  const error = Math.sqrt(days * longRunVariance(departures, degrees)) / forecasts
  // Two columns that are the same differ by nothing, ever.
  if (error === 0) return { ...nothing, low: difference, high: difference, p: difference === 0 ? 1 : 0 }
  const margin = criticalT(LEVEL, degrees) * error
  return {
    ...nothing,
    low: difference - margin,
    high: difference + margin,
    p: twoSided(difference / error, degrees),
  }
}

/** Of a series with mean zero, from its `transforms` slowest cosines. */
function longRunVariance(series: Float64Array, transforms: number): number {
  let squares = 0
  for (let order = 1; order <= transforms; order++) {
    const step = (Math.PI * order) / series.length
    // cos(step (day + 1/2)) from the two before it.
    const twice = 2 * Math.cos(step)
    let before = Math.cos(step / 2)
    let now = before
    let sum = 0
    for (const value of series) {
      sum += value * now
      ;[before, now] = [now, twice * now - before]
    }
    squares += (2 / series.length) * sum * sum
  }
  return squares / transforms
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0)
}

/**
 * Holm's step-down adjustment (1979): the chance that any of several comparisons between equals is called a difference
 * stays at the level, however they depend on each other. NaN counts as none, and stays.
 */
export function holm(ps: readonly number[]): number[] {
  const order = [...ps.keys()].filter((at) => !Number.isNaN(ps[at]!)).sort((a, b) => ps[a]! - ps[b]!)
  const adjusted = [...ps]
  let least = 0
  for (const [rank, at] of order.entries()) {
    least = Math.max(least, Math.min(1, ps[at]! * (order.length - rank)))
    adjusted[at] = least
  }
  return adjusted
}
