import { LEADS } from '../domain/forecast.ts'

/*
 * How large an error is to be expected, as a multiple of what is usual at that hour of the day: a regression of the
 * logarithm of its size on that of four signs, how far the experts are apart, how large the last errors were, how high the
 * forecast is, and how high the newest measurement. Recursive least squares with forgetting, each lead for itself.
 */

export const SIGNS = 4
const APART = 0
const RECENT = 1
const LEVEL = 2
const NOW = 3
const COLUMNS = 1 + SIGNS

/** Of as many errors as are remembered. */
const FORGETTING = 1 / 4000
const RECENT_RATE = 1 / 12
const USUAL_RATE = 1 / 720
const MIDDLE_RATE = 1 / 2000
/** Errors that a lead is to have seen before one is expected to be unusual: a month of them. */
const LEAST = 720
/** The farthest that a sign counts from its middle, and that an expectation goes, as logarithms. */
const MOST_SIGN = 2
const MOST_SIZE = 1.5
/** Added to a size, in usual ones, so that a lucky forecast teaches no certainty; and what the logarithm then loses on average. */
const OFFSET = 0.2
const SHIFT = 0.28
const FIRST_VARIANCES = [1, 0.05, 0.05, 0.05, 0.05] as const
const MOST_VARIANCE = 1
const LEAST_VALUE = 1e-9

/** Plain data. */
export interface ErrorSize {
  /** Running means of |error|: of half a day, and of a month. Shape [lead 24]. */
  readonly recent: Float64Array
  readonly usual: Float64Array
  readonly learnt: Float64Array
  /** Running means of the signs. Shape [lead 24][sign 4]. */
  readonly middle: Float64Array
  /** Shape [lead 24][column 5]. */
  readonly weights: Float64Array
  /** Inverse of the weighted sum of products. Shape [lead 24][column 5][column 5]. */
  readonly inverse: Float64Array
}

export function emptyErrorSize(): ErrorSize {
  const inverse = new Float64Array(LEADS * COLUMNS * COLUMNS)
  for (let lead = 0; lead < LEADS; lead++)
    for (const [column, variance] of FIRST_VARIANCES.entries())
      inverse[(lead * COLUMNS + column) * COLUMNS + column] = variance
  return {
    recent: new Float64Array(LEADS),
    usual: new Float64Array(LEADS),
    learnt: new Float64Array(LEADS),
    middle: new Float64Array(LEADS * SIGNS),
    weights: new Float64Array(LEADS * COLUMNS),
    inverse,
  }
}

/**
 * What an issue's errors may depend on. `current`: the newest measurement, NaN before there is any; `lowest`: the least
 * that the quantity can be, undefined where it has no such bound; `level`: its mean so far. Shape [lead 24][sign 4].
 */
export function signsOf(
  state: ErrorSize,
  {
    models,
    mean,
    current,
    lowest,
    level,
  }: {
    readonly models: ReadonlyMap<string, Float64Array>
    readonly mean: Float64Array
    readonly current: number
    readonly lowest: number | undefined
    readonly level: number
  },
): Float64Array {
  const signs = new Float64Array(LEADS * SIGNS)
  for (let lead = 0; lead < LEADS; lead++) {
    const centre = mean[lead]!
    let [apart, awake] = [0, 0]
    for (const said of models.values()) {
      if (Number.isNaN(said[lead]!)) continue
      apart += Math.abs(said[lead]! - centre)
      awake++
    }
    const usual = state.usual[lead]!
    const at = lead * SIGNS
    signs[at + APART] = Math.log(apart / Math.max(1, awake) + usual / 1000 + LEAST_VALUE)
    signs[at + RECENT] = Math.log(state.recent[lead]! + usual / 20 + LEAST_VALUE)
    if (lowest === undefined) continue
    const height = (value: number) =>
      Math.log(Math.max(0, value - lowest) + (level - lowest) / 5 + LEAST_VALUE)
    signs[at + LEVEL] = height(centre)
    signs[at + NOW] = height(Number.isNaN(current) ? centre : current)
  }
  return signs
}

/** What is to be expected, in usual sizes: 1 while too little is known. */
export function expectedSize(state: ErrorSize, signs: Float64Array, lead: number): number {
  if (state.learnt[lead]! < LEAST) return 1
  const size = product(state.weights, lead * COLUMNS, columnsOf(state, signs, lead))
  return Math.exp(Math.max(-MOST_SIZE, Math.min(MOST_SIZE, size)))
}

/** Takes in an error; `ofHour`: what is usual at its hour of the day, and `signs` those of its issue. */
export function learnSize(
  state: ErrorSize,
  lead: number,
  { error, ofHour, signs }: { readonly error: number; readonly ofHour: number; readonly signs: Float64Array },
): void {
  const size = Math.abs(error)
  const { recent, usual, learnt, middle, weights } = state
  const count = ++learnt[lead]!
  recent[lead]! += RECENT_RATE * (size - recent[lead]!)
  usual[lead]! += Math.max(USUAL_RATE, 1 / count) * (size - usual[lead]!)
  for (let sign = 0; sign < SIGNS; sign++) {
    const place = lead * SIGNS + sign
    middle[place]! += Math.max(MIDDLE_RATE, 1 / count) * (signs[place]! - middle[place]!)
  }
  if (!(ofHour > 0)) return
  const columns = columnsOf(state, signs, lead)
  const label = Math.log(size / ofHour + OFFSET) + SHIFT
  const gain = gainOf(state, lead, columns)
  const left = label - product(weights, lead * COLUMNS, columns)
  for (let column = 0; column < COLUMNS; column++) weights[lead * COLUMNS + column]! += gain[column]! * left
}

/** Updates the inverse with a row. Shape [column 5]. */
function gainOf({ inverse }: ErrorSize, lead: number, columns: Float64Array): Float64Array {
  const kept = 1 - FORGETTING
  const at = lead * COLUMNS * COLUMNS
  const projected = new Float64Array(COLUMNS)
  for (let row = 0; row < COLUMNS; row++) projected[row] = product(inverse, at + row * COLUMNS, columns)
  const scale = kept + product(projected, 0, columns)
  for (let row = 0; row < COLUMNS; row++)
    for (let column = 0; column < COLUMNS; column++) {
      const place = at + row * COLUMNS + column
      inverse[place] = (inverse[place]! - (projected[row]! * projected[column]!) / scale) / kept
    }
  for (let row = 0; row < COLUMNS; row++) boundVariance(inverse, at, row)
  for (let row = 0; row < COLUMNS; row++) projected[row]! /= scale
  return projected
}

/** What never changes teaches nothing: forgotten again and again its variance would grow without end. */
function boundVariance(inverse: Float64Array, at: number, row: number): void {
  const variance = inverse[at + row * COLUMNS + row]!
  if (variance <= MOST_VARIANCE) return
  const factor = Math.sqrt(MOST_VARIANCE / variance)
  for (let column = 0; column < COLUMNS; column++) {
    inverse[at + row * COLUMNS + column]! *= factor
    inverse[at + column * COLUMNS + row]! *= factor
  }
}

function columnsOf({ middle }: ErrorSize, signs: Float64Array, lead: number): Float64Array {
  const columns = new Float64Array(COLUMNS)
  columns[0] = 1
  for (let sign = 0; sign < SIGNS; sign++) {
    const off = signs[lead * SIGNS + sign]! - middle[lead * SIGNS + sign]!
    columns[1 + sign] = Math.max(-MOST_SIGN, Math.min(MOST_SIGN, off))
  }
  return columns
}

function product(of: Float64Array, from: number, columns: Float64Array): number {
  let sum = 0
  for (let column = 0; column < columns.length; column++) sum += of[from + column]! * columns[column]!
  return sum
}
