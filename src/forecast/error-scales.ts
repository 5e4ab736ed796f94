import { LEADS } from '../domain/forecast.ts'
import { type Conformal, emptyConformal, MISCOVERAGE } from './conformal.ts'

/*
 * Errors of what is never negative mostly grow with it, and reach further up than down: of its root or its logarithm
 * they are more alike. Which scale fits a lead is for its intervals to show.
 */

export const SCALES = ['root', 'logarithm'] as const
export type ScaleName = (typeof SCALES)[number]
const ALL_SETS = [...SCALES, 'sized'] as const

/** From the unit to the scale, and back; both rise. */
export interface Scale {
  to(value: number): number
  from(scaled: number): number
}

/** Of the mean level: below it a logarithm would tell calm from dead calm. */
const OFFSET = 0.5
/** Of two months of hours. */
const SCORE_RATE = 1 / 1_440
const LEAST = 1e-9
/** What is expected is learnt, and so has errors of its own: it is to be better by this much. */
const SIZED_MARGIN = 1.005

/** `min` is the lowest that the quantity can be, `level` its mean so far. */
export function scaleOf(
  name: ScaleName,
  { min, level }: { readonly min: number; readonly level: number },
): Scale {
  if (name === 'root') {
    return {
      to: (value) => Math.sqrt(Math.max(value - min, 0)),
      from: (scaled) => Math.sign(scaled) * scaled ** 2 + min,
    }
  }
  const offset = Math.max(OFFSET * (level - min), LEAST) - min
  return {
    to: (value) => Math.log(Math.max(value + offset, LEAST)),
    from: (scaled) => Math.exp(scaled) - offset,
  }
}

/** A set of intervals beside those from errors as they are: on a scale, or in proportion to the size that is expected. */
export type SetName = ScaleName | 'sized'

/** Plain data; shapes [lead 24]. */
export interface ErrorScales {
  /** Recent mean score of the intervals from errors as they are. */
  readonly score: Float64Array
  /** How many truths the scores are over. */
  readonly scored: Float64Array
  readonly scales: Partial<Record<SetName, ScaledErrors>>
}

export interface ScaledErrors {
  readonly leads: readonly Conformal[]
  readonly score: Float64Array
}

export function emptyScales(names: readonly SetName[]): ErrorScales {
  const state: ErrorScales = { score: new Float64Array(LEADS), scored: new Float64Array(LEADS), scales: {} }
  openScales(state, names)
  return state
}

/** Those that are not there yet begin, as good as errors as they are. */
export function openScales({ score, scales }: ErrorScales, names: readonly SetName[]): void {
  for (const name of names)
    scales[name] ??= { leads: Array.from({ length: LEADS }, emptyConformal), score: score.slice() }
}

export function scaleNames({ scales }: ErrorScales): readonly SetName[] {
  return ALL_SETS.filter((name) => scales[name])
}

/** How the intervals of each set would have scored. */
export type SetScores = { readonly plain: number } & Partial<Record<SetName, number>>

/** Takes in the scores of all sets that there are. */
export function learnScores(
  { score, scored, scales }: ErrorScales,
  leadIndex: number,
  scores: Readonly<SetScores>,
): void {
  const rate = Math.max(SCORE_RATE, 1 / ++scored[leadIndex]!)
  score[leadIndex]! += rate * (scores.plain - score[leadIndex]!)
  for (const name of ALL_SETS) {
    const of = scales[name]?.score
    if (of) of[leadIndex]! += rate * (scores[name]! - of[leadIndex]!)
  }
}

/** The set whose intervals scored best at a lead; undefined where errors as they are did. */
export function bestScale(state: ErrorScales, leadIndex: number): SetName | undefined {
  let best: SetName | undefined
  let least = state.score[leadIndex]!
  for (const name of scaleNames(state)) {
    const score = state.scales[name]!.score[leadIndex]! * (name === 'sized' ? SIZED_MARGIN : 1)
    if (score >= least) continue
    least = score
    best = name
  }
  return best
}

/**
 * The score of nested intervals (Gneiting and Raftery 2007), the widest first, each times half its nominal miscoverage:
 * its width, and how far outside the truth lies. In the unit of the target; the less the better.
 */
export function nestedScore(quantiles: Float64Array, truth: number): number {
  let score = 0
  for (let outer = 0; outer < MISCOVERAGE.length; outer++) {
    const low = quantiles[outer]!
    const high = quantiles[quantiles.length - 1 - outer]!
    score += (MISCOVERAGE[outer]! / 2) * (high - low) + Math.max(0, low - truth, truth - high)
  }
  return score
}
