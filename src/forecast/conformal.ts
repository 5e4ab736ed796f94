import type { Instant } from '../domain/instant.ts'
import { HOUR } from '../domain/instant.ts'
import { emptyScores, forgetScores, keepScore, quantileOfScores, type RecentScores } from './recent-scores.ts'

/*
 * Adaptive conformal inference at one lead (Gibbs and Candes 2021). A score is |error| over what is usual at that hour
 * of the day, so that the calm of the night and the heat of the afternoon share one distribution of scores, which is
 * known far better than 24 of their own would be. The miss rate that is aimed at is corrected after each truth, which
 * holds the coverage in the long run whatever the errors do.
 */

/** What the 90, 80 and 50 % intervals may miss, the widest first. */
export const MISS_RATES = [0.1, 0.2, 0.5] as const

/** Scores that a lead needs before its intervals come from them: five days of them. */
export const ENOUGH_SCORES = 24
/**
 * A score every fifth hour, kept for 300 days: neighbouring hours say much the same, and five hours go round the clock.
 * Measured with a mixture of simple models at Jena, 2010-2016, against every hour of 60 days at a fifth of the cost:
 * CRPS over the leads 1.251 instead of 1.253 K, width at +24 h 10.85 instead of 10.96 K at the same coverage.
 */
const SLOT_HOURS = 5
const SLOTS = (300 * 24) / SLOT_HOURS
const USUAL_RATE = 1 / 30
const OVERALL_RATE = 1 / 720
/** An error of this many times the usual is as good as any larger one: a first stir after a dead calm is no scale. */
const LARGEST_SCORE = 20
/** So far below zero may the miss rate aimed at fall: a month of misses shall not be paid for with a year of width. */
const LOWEST_AIM = -0.1
/** Beyond the largest score the half-width grows by a tenth of it for each hundredth of aim below zero. */
const BEYOND = 10

export interface Conformal {
  readonly scores: RecentScores
  /** Exponentially weighted mean of |error|, by hour of the day of the valid time (UTC). Shape [hour 24]. */
  readonly usual: Float64Array
  /** How many errors that is from. Shape [hour 24]. */
  readonly seen: Float64Array
  /** The same over all hours, slower: where an hour of the day begins. */
  overall: number
  settled: number
  /** The miss rate that each interval aims at so as to have its own. Shape [interval 3], as MISS_RATES. */
  readonly aims: Float64Array
  /** Hour of the newest error, counted from 1970. */
  hour: number
  /** Valid time of the settlement that brought enough scores: intervals issued since come from them. */
  since: Instant
}

export function emptyConformal(): Conformal {
  return {
    scores: emptyScores(SLOTS),
    usual: new Float64Array(24),
    seen: new Float64Array(24),
    overall: 0,
    settled: 0,
    aims: Float64Array.from(MISS_RATES),
    hour: Number.MIN_SAFE_INTEGER,
    since: Number.POSITIVE_INFINITY,
  }
}

/**
 * Takes in how far the published mean was off, at most once an hour; `missed` says which of the three intervals had
 * left the truth out, as MISS_RATES.
 */
export function learnError(
  state: Conformal,
  error: number,
  {
    issuedAt,
    validAt,
    missed,
    rate,
  }: {
    readonly issuedAt: Instant
    readonly validAt: Instant
    readonly missed: readonly boolean[]
    /** How far one truth moves what is aimed at. */
    readonly rate: number
  },
): void {
  const hour = Math.floor(validAt / HOUR)
  if (hour <= state.hour) return
  state.hour = hour
  if (issuedAt >= state.since) adapt(state.aims, missed, rate)
  const size = Math.abs(error)
  const usual = usualAt(state, hour)
  const score = usual > 0 ? Math.min(size / usual, LARGEST_SCORE) : size > 0 ? LARGEST_SCORE : 0
  if (state.settled > 0) keepScore(state.scores, Math.floor(hour / SLOT_HOURS), score)
  if (state.scores.count >= ENOUGH_SCORES) state.since = Math.min(state.since, validAt)
  widen(state, hour, size)
}

/** Drops what is too old at the hour `now`. */
export function forget(state: Conformal, now: number): void {
  forgetScores(state.scores, Math.floor(now / SLOT_HOURS))
  if (state.scores.count < ENOUGH_SCORES) state.since = Number.POSITIVE_INFINITY
}

/** Half the width of each interval for a valid hour, the widest first; undefined while there are not enough scores. */
export function halfWidths(state: Conformal, hour: number): readonly number[] | undefined {
  const { scores, aims } = state
  if (scores.count < ENOUGH_SCORES) return undefined
  const usual = usualAt(state, hour)
  let inner = 0
  const widths: number[] = []
  for (let interval = aims.length - 1; interval >= 0; interval--) {
    inner = Math.max(inner, usual * scoreAt(scores, 1 - aims[interval]!))
    widths.unshift(inner)
  }
  return widths
}

function scoreAt(scores: RecentScores, level: number): number {
  if (level <= 0) return 0
  const score = quantileOfScores(scores, Math.min(level, 1))
  return level > 1 ? score * (1 + BEYOND * (level - 1)) : score
}

function usualAt({ usual, seen, overall }: Conformal, hour: number): number {
  const ofDay = hourOfDay(hour)
  return seen[ofDay]! > 0 ? usual[ofDay]! : overall
}

function adapt(aims: Float64Array, missed: readonly boolean[], rate: number): void {
  for (let interval = 0; interval < aims.length; interval++) {
    const step = rate * (MISS_RATES[interval]! - (missed[interval] ? 1 : 0))
    aims[interval] = Math.min(1, Math.max(LOWEST_AIM, aims[interval]! + step))
  }
}

function widen(state: Conformal, hour: number, size: number): void {
  const { usual, seen } = state
  const ofDay = hourOfDay(hour)
  state.settled++
  state.overall += Math.max(OVERALL_RATE, 1 / state.settled) * (size - state.overall)
  // The overall mean counts as the first error of an hour of the day.
  if (seen[ofDay]! === 0) usual[ofDay] = state.overall
  seen[ofDay]!++
  usual[ofDay]! += Math.max(USUAL_RATE, 1 / (seen[ofDay]! + 1)) * (size - usual[ofDay]!)
}

function hourOfDay(hour: number): number {
  return ((hour % 24) + 24) % 24
}
