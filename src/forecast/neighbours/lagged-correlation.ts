import { HOUR, type Instant } from '../../domain/instant.ts'
import { type HourlyRing, hourAt } from '../outside/hourly-ring.ts'

/** Lags of 0 to 48 h. */
const LAGS = 49
/** A pair of hours counts for 1/e after so many more. */
const MEMORY_HOURS = 180 * 24
/** Fewer pairs tell nothing. */
const LEAST_PAIRS = 30 * 24
/** What a neighbour has measured may come a little later than ours of the same hour. */
const WAIT = 3 * HOUR

/** A station leads where another is most like it so much later, is so much like it, and so much more than at once. */
const LEAST_LAG = 3
const LEAST_CORRELATION = 0.2
const LEAST_GAIN = 0.05

/** Running sums of products of two stations' anomalies. Plain data; shapes: [lag]. */
export interface LaggedCorrelation {
  readonly products: Float64Array
  readonly ownSquares: Float64Array
  readonly theirSquares: Float64Array
  readonly pairs: Float64Array
}

/** The lag at which a station is most like what its neighbour was, in hours. */
export interface Lead {
  readonly lag: number
  readonly correlation: number
  /** Whether the neighbour goes ahead. */
  readonly isAhead: boolean
}

export function emptyCorrelation(): LaggedCorrelation {
  const sums = () => new Float64Array(LAGS)
  return { products: sums(), ownSquares: sums(), theirSquares: sums(), pairs: sums() }
}

/** To be called once an hour of ours: what was three hours ago beside what was up to two days before at theirs. */
export function correlate(
  { products, ownSquares, theirSquares, pairs }: LaggedCorrelation,
  { own, theirs, now }: { readonly own: HourlyRing; readonly theirs: HourlyRing; readonly now: Instant },
): void {
  const ours = hourAt(own, now - WAIT)
  if (Number.isNaN(ours)) return
  const kept = Math.exp(-1 / MEMORY_HOURS)
  for (let lag = 0; lag < LAGS; lag++) {
    const other = hourAt(theirs, now - WAIT - lag * HOUR)
    if (Number.isNaN(other)) continue
    products[lag] = products[lag]! * kept + ours * other
    ownSquares[lag] = ownSquares[lag]! * kept + ours * ours
    theirSquares[lag] = theirSquares[lag]! * kept + other * other
    pairs[lag] = pairs[lag]! * kept + 1
  }
}

/** Undefined until enough is known. */
export function leadOf({ products, ownSquares, theirSquares, pairs }: LaggedCorrelation): Lead | undefined {
  const correlations = Array.from(products, (product, lag) =>
    pairs[lag]! >= LEAST_PAIRS && ownSquares[lag]! > 0 && theirSquares[lag]! > 0
      ? product / Math.sqrt(ownSquares[lag]! * theirSquares[lag]!)
      : Number.NEGATIVE_INFINITY,
  )
  const correlation = Math.max(...correlations)
  if (!Number.isFinite(correlation)) return undefined
  const lag = correlations.indexOf(correlation)
  const isAhead =
    lag >= LEAST_LAG && correlation >= LEAST_CORRELATION && correlation >= correlations[0]! + LEAST_GAIN
  return { lag, correlation, isAhead }
}
