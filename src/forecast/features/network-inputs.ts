import type { ScalerSnapshot } from '../../domain/lookback.ts'
import type { Station } from '../../domain/station.ts'
import { quantitiesOf } from './quantities.ts'

/** The inputs of a recurrent network at one time: the quantities of a station in their units, the target first. */
export interface NetworkInputs {
  readonly count: number
  /** Shapes: values [channel] -> [quantity]; NaN where nothing was measured. */
  of(values: Float64Array): Float64Array
  /**
   * What they are normalised by: the constants of a known quantity, so that what was learnt keeps its meaning while
   * the first seasons pass, and what was seen so far of any other.
   */
  scaled(seen: ScalerSnapshot): ScalerSnapshot
}

export function networkInputsOf(station: Station): NetworkInputs {
  const quantities = quantitiesOf(station)
  return {
    count: quantities.length,
    of: (values) => Float64Array.from(quantities, (quantity) => quantity.of(values)),
    scaled: ({ count, mean, deviation }) => ({
      count,
      mean: mean.map((seen, index) => {
        const { scale, family } = quantities[index]!
        const centre = family.level?.centre
        return scale === 'known' && typeof centre === 'number' ? centre : seen
      }),
      deviation: deviation.map((seen, index) => {
        const { scale, family } = quantities[index]!
        return scale === 'known' && family.level ? family.level.over : seen
      }),
    }),
  }
}
