import { normal, seededRandom } from '../../domain/random.ts'
import { type ClockWaves, type HourTable, rowStart, tableWidth } from './hour-table.ts'

/** Inputs that a unit looks at. */
const INPUTS = 7
/** Of those the share that are of the clock, and of the others the share that are of an hour beside. */
const CLOCK_SHARE = 0.1
const BESIDE_SHARE = 0.3
const SCALE = 1.2 / Math.sqrt(INPUTS)

/** Columns of an hour, of which a response is made. */
export interface ResponseUnits {
  readonly columns: number
  /** Shape: into [column]. */
  write(table: HourTable, hour: number, into: Float32Array): void
}

/**
 * 1, each quantity at an hour and at the hours beside it, its square, the clock, and units that each look at a few of
 * those: tanh of a weighted sum, weights and thresholds drawn once and never trained. Least squares on them is a curve
 * of whatever shape, that is flat where nothing has been seen.
 */
export function responseUnits({
  quantities,
  waves,
  units,
  seed,
}: {
  readonly quantities: number
  readonly waves: ClockWaves
  readonly units: number
  readonly seed: number
}): ResponseUnits {
  const random = seededRandom(seed)
  const width = tableWidth({ quantities, waves })
  const clock = width - quantities
  /** From the hour's row on. */
  const places = new Int32Array(units * INPUTS)
  const weights = new Float64Array(units * INPUTS)
  const thresholds = new Float64Array(units)
  for (let unit = 0, input = 0; unit < units; unit++) {
    thresholds[unit] = normal(random)
    for (let each = 0; each < INPUTS; each++, input++) {
      const isClock = random.unit() < CLOCK_SHARE
      const beside = !isClock && random.unit() < BESIDE_SHARE ? 2 * random.below(2) - 1 : 0
      places[input] = isClock ? quantities + random.below(clock) : beside * width + random.below(quantities)
      weights[input] = SCALE * normal(random)
    }
  }
  const first = 1 + 4 * quantities + clock
  return {
    columns: first + units,
    write(table, hour, into) {
      const { cells } = table
      const start = rowStart(table, hour)
      into[0] = 1
      let at = 1
      for (let quantity = 0; quantity < quantities; quantity++) {
        const now = cells[start + quantity]!
        into[at++] = now
        into[at++] = now * now
        into[at++] = cells[start - width + quantity]!
        into[at++] = cells[start + width + quantity]!
      }
      for (let wave = 0; wave < clock; wave++) into[at++] = cells[start + quantities + wave]!
      for (let unit = 0, input = 0; unit < units; unit++) {
        let sum = thresholds[unit]!
        for (let each = 0; each < INPUTS; each++, input++)
          sum += weights[input]! * cells[start + places[input]!]!
        into[at++] = Math.tanh(sum)
      }
    },
  }
}
