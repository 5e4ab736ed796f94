import type { Instant } from '../domain/instant.ts'
import { HOUR } from '../domain/instant.ts'
import { emptyScores, forgetScores, keepScore, quantileOfScores, type RecentScores } from './recent-scores.ts'

/*
 * Adaptive conformal inference at one lead (Gibbs and Candes 2021). A score is |error| over its running mean at that
 * hour of the day, so that the calm of the night and the heat of the afternoon share one distribution of scores, which
 * is known far better than 24 of their own would be. The target miscoverage (alpha_t) takes a step after each truth,
 * which holds the coverage in the long run whatever the errors do.
 */

/** Nominal miscoverage (alpha) of the 90, 80 and 50 % intervals, the widest first. */
export const MISCOVERAGE = [0.1, 0.2, 0.5] as const

/** Scores that a lead needs before its intervals come from them: five days of them. */
export const MIN_SCORES = 24
/**
 * A score every fifth hour, kept for 300 days: neighbouring hours are nearly alike, and five hours go round the clock.
 * Measured with a mixture of simple models at Jena, 2010-2016, against every hour of 60 days at a fifth of the cost:
 * CRPS over the leads 1.251 instead of 1.253 K, width at +24 h 10.85 instead of 10.96 K at the same coverage.
 */
const SLOT_HOURS = 5
const SLOTS = (300 * 24) / SLOT_HOURS
const HOURLY_RATE = 1 / 30
const OVERALL_RATE = 1 / 720
/** An error of this many running means is as good as any larger one: a first stir after a dead calm is no scale. */
const LARGEST_SCORE = 20
/** Where errors are usually below this share of the overall mean, as at night in sunshine, nothing is to be learnt of the day. */
const CALM = 0.01
/** No target falls further below zero: a month of uncovered truths shall not be paid for with a year of width. */
const LOWEST_TARGET = -0.1
/** Beyond the largest score the half-width grows by a tenth of it for each hundredth of the target below zero. */
const BEYOND = 10

export interface Conformal {
  readonly scores: RecentScores
  /** Exponentially weighted mean of |error|, by hour of the day of the valid time (UTC). Shape [hour 24]. */
  readonly meanError: Float64Array
  /** How many errors that is from. Shape [hour 24]. */
  readonly counts: Float64Array
  /** The same over all hours, slower: where an hour of the day begins. */
  overallError: number
  settled: number
  /** The adapted alpha_t of each interval, which holds its coverage. Shape [interval 3], as MISCOVERAGE. */
  readonly targetMiscoverage: Float64Array
  /** Hour of the newest error, counted from 1970. */
  hour: number
  /** Valid time of the settlement that brought enough scores: intervals issued since come from them. */
  since: Instant
}

export function emptyConformal(): Conformal {
  return {
    scores: emptyScores(SLOTS),
    meanError: new Float64Array(24),
    counts: new Float64Array(24),
    overallError: 0,
    settled: 0,
    targetMiscoverage: Float64Array.from(MISCOVERAGE),
    hour: Number.MIN_SAFE_INTEGER,
    since: Number.POSITIVE_INFINITY,
  }
}

/**
 * Takes in how far the published mean was off, at most once an hour; `uncovered` tells which of the three intervals
 * had left the truth out, as MISCOVERAGE.
 */
export function learnError(
  state: Conformal,
  error: number,
  {
    issuedAt,
    validAt,
    uncovered,
    stepSize,
    expected = 1,
  }: {
    readonly issuedAt: Instant
    readonly validAt: Instant
    readonly uncovered: readonly boolean[]
    /** How far one truth moves the target miscoverage (gamma). */
    readonly stepSize: number
    /** How large an error was expected, in running means. */
    readonly expected?: number
  },
): void {
  const hour = Math.floor(validAt / HOUR)
  if (hour <= state.hour) return
  state.hour = hour
  const size = Math.abs(error)
  const usual = usualError(state, hour)
  const isCalm = usual < CALM * state.overallError && size < CALM * state.overallError
  if (issuedAt >= state.since && !isCalm) adapt(state.targetMiscoverage, uncovered, stepSize)
  const mean = expected * usual
  const score = mean > 0 ? Math.min(size / mean, LARGEST_SCORE) : size > 0 ? LARGEST_SCORE : 0
  if (state.settled > 0 && !isCalm) keepScore(state.scores, Math.floor(hour / SLOT_HOURS), score)
  if (state.scores.count >= MIN_SCORES) state.since = Math.min(state.since, validAt)
  followErrors(state, hour, size)
}

/** Drops what is too old at the hour `now`. */
export function forget(state: Conformal, now: number): void {
  forgetScores(state.scores, Math.floor(now / SLOT_HOURS))
  if (state.scores.count < MIN_SCORES) state.since = Number.POSITIVE_INFINITY
}

/**
 * Half the width of each interval for a valid hour, the widest first, where `expected` times the usual error is to be
 * expected; undefined while there are not enough scores.
 */
export function halfWidths(state: Conformal, hour: number, expected = 1): readonly number[] | undefined {
  const { scores, targetMiscoverage } = state
  if (scores.count < MIN_SCORES) return undefined
  const mean = expected * usualError(state, hour)
  let inner = 0
  const widths: number[] = []
  for (let interval = targetMiscoverage.length - 1; interval >= 0; interval--) {
    inner = Math.max(inner, mean * scoreAt(scores, 1 - targetMiscoverage[interval]!))
    widths.unshift(inner)
  }
  return widths
}

function scoreAt(scores: RecentScores, level: number): number {
  if (level <= 0) return 0
  const score = quantileOfScores(scores, Math.min(level, 1))
  return level > 1 ? score * (1 + BEYOND * (level - 1)) : score
}

/** The running mean of |error| at that hour of the day. */
export function usualError({ meanError, counts, overallError }: Conformal, hour: number): number {
  const ofDay = hourOfDay(hour)
  return counts[ofDay]! > 0 ? meanError[ofDay]! : overallError
}

function adapt(targets: Float64Array, uncovered: readonly boolean[], stepSize: number): void {
  for (let interval = 0; interval < targets.length; interval++) {
    const step = stepSize * (MISCOVERAGE[interval]! - (uncovered[interval] ? 1 : 0))
    targets[interval] = Math.min(1, Math.max(LOWEST_TARGET, targets[interval]! + step))
  }
}

function followErrors(state: Conformal, hour: number, size: number): void {
  const { meanError, counts } = state
  const ofDay = hourOfDay(hour)
  state.settled++
  state.overallError += Math.max(OVERALL_RATE, 1 / state.settled) * (size - state.overallError)
  // The overall mean counts as the first error of an hour of the day.
  if (counts[ofDay]! === 0) meanError[ofDay] = state.overallError
  counts[ofDay]!++
  meanError[ofDay]! += Math.max(HOURLY_RATE, 1 / (counts[ofDay]! + 1)) * (size - meanError[ofDay]!)
}

function hourOfDay(hour: number): number {
  return ((hour % 24) + 24) % 24
}
