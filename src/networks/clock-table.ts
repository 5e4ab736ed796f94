import { HOUR, type Instant } from '../domain/instant.ts'
import { clockFeatures } from '../window/calendar.ts'

export const CLOCK_FEATURES = 4

/** An hour's place is its number by this: seven and a half years of hours have one each. */
const PLACES = 2 ** 16

/**
 * The clock features of the instants asked for last, one for each hour. Batches ask for the same hours over and over,
 * and sines and cosines would be half of the time that it takes to encode them.
 */
export interface ClockTable {
  /** Writes an instant's four features, of the clock in UTC, to `into` from `at` on. */
  write(instant: Instant, into: Float32Array, at: number): void
}

export function clockTable(): ClockTable {
  const instants = new Float64Array(PLACES).fill(Number.NaN)
  const features = new Float32Array(PLACES * CLOCK_FEATURES)

  return {
    write(instant, into, at) {
      const place = Math.floor(instant / HOUR) & (PLACES - 1)
      const from = place * CLOCK_FEATURES
      if (instants[place] !== instant) {
        features.set(clockFeatures(instant, 0), from)
        instants[place] = instant
      }
      for (let index = 0; index < CLOCK_FEATURES; index++) into[at + index] = features[from + index]!
    },
  }
}
