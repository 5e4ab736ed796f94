import { DAY, type Instant, type Span } from '../src/domain/instant.ts'

/** Further than any run of rows with an ordinary gap in it. */
const REACH: Span = 30 * DAY

/**
 * Neighbouring stamps without the outliers, those far from the median: a logger that begins in 1970, a wrong year in
 * the last line. Such a row is read and rejected like any other, but does not determine where a file begins or ends.
 * At least one stays.
 */
export function withoutOutliers(stamps: readonly Instant[], cadence: Span): readonly Instant[] {
  const median = [...stamps].sort((a, b) => a - b)[stamps.length >> 1]
  if (median === undefined) return stamps
  const reach = REACH + stamps.length * cadence
  return stamps.filter((stamp) => Math.abs(stamp - median) <= reach)
}
