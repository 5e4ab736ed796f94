/** In running mean absolute errors: a row with a smaller error than this counts in full. */
const THRESHOLD = 0.3
const ERROR_RATE = 1 / 720

/**
 * What a row counts for by its error: with so low a threshold least squares comes near the median, whose absolute error
 * is the least. The running mean error learns of it.
 */
export function robustWeight(state: { meanError: number; readonly learnt: number }, error: number): number {
  const { meanError } = state
  state.meanError += Math.max(ERROR_RATE, 1 / state.learnt) * (error - meanError)
  return meanError > 0 ? 1 / Math.max(1, error / (THRESHOLD * meanError)) : 1
}
