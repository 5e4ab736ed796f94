import { normal, seededRandom } from '../../domain/random.ts'
import type { DesignRow } from './design-row.ts'
import type { FeatureLayout } from './station-features.ts'

/** Features that a unit looks at; one in five is the clock's, so that many a unit has its hour and its season. */
const INPUTS = 6
const CLOCK_SHARE = 0.2
const SCALE = 3 / Math.sqrt(INPUTS)

/**
 * A row of 1, the features, and units that each look at a few of them: max(0, a weighted sum), weights and thresholds
 * drawn once and never trained. Least squares on them is a network whose first layer is chance: bends and thresholds
 * of the weather come within reach of a model that is solved exactly and cannot run away.
 */
export function randomUnits(
  { names, measured }: FeatureLayout,
  { units, seed }: { readonly units: number; readonly seed: number },
): DesignRow {
  const random = seededRandom(seed)
  const inputs = new Int32Array(units * INPUTS)
  const weights = new Float64Array(units * INPUTS)
  const thresholds = new Float64Array(units)
  for (let unit = 0, place = 0; unit < units; unit++) {
    thresholds[unit] = normal(random)
    for (let input = 0; input < INPUTS; input++, place++) {
      const clock = random.unit() < CLOCK_SHARE
      inputs[place] = clock ? measured + random.below(names.length - measured) : random.below(measured)
      weights[place] = SCALE * normal(random)
    }
  }
  return {
    columns: 1 + names.length + units,
    write(features, into) {
      into[0] = 1
      into.set(features, 1)
      const offset = 1 + features.length
      for (let unit = 0, place = 0; unit < units; unit++) {
        let sum = thresholds[unit]!
        for (let input = 0; input < INPUTS; input++, place++)
          sum += weights[place]! * features[inputs[place]!]!
        into[offset + unit] = Math.max(0, sum)
      }
    },
  }
}
