import { type FittedRegression, fade, learn, product, solve } from '../outside/forgetting-regression.ts'

/** What was learnt counts for 1/e of that after so many days: longer is worse, since what drives a price changes. */
const MEMORY_DAYS = 365
/** In rows; there is one a day. */
const RIDGE = 5
/** In running mean absolute errors: a row with a smaller error than this counts in full. */
const HUBER_THRESHOLD = 1
const ERROR_DAYS = 60
/** Rows of which nothing counts for less, however large its error: the first fit nothing. */
const BURN_IN = 20

/** One row a day. Shape: row [column]. */
export function teach(hour: FittedRegression, row: Float32Array, label: number): void {
  const error = Math.abs(label - product(hour.weights, row))
  const isLarge = hour.learnt > BURN_IN && error > HUBER_THRESHOLD * hour.meanError
  const weight = isLarge ? (HUBER_THRESHOLD * hour.meanError) / error : 1
  hour.learnt++
  hour.meanError += Math.max(1 / ERROR_DAYS, 1 / hour.learnt) * (error - hour.meanError)
  fade(hour.regression, Math.exp(-1 / MEMORY_DAYS))
  learn(hour.regression, row, { label, weight })
  hour.weights = solve(hour.regression, RIDGE)
}
