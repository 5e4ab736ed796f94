import { LEADS } from '../../domain/forecast.ts'
import type { WeightArray } from '../../domain/weights.ts'
import { gelu } from './gelu.ts'

/** What the network says to one row of features, shape [lead 24]: some ten microseconds of the event loop. */
export function sayDense(arrays: readonly WeightArray[], features: Float64Array): Float64Array {
  const [kernel, bias, head, headBias] = arrays.map(({ values }) => values)
  if (!kernel || !bias || !head || !headBias) {
    throw new Error(`${arrays.length} arrays of weights are no network of one hidden layer`)
  }
  const hidden = bias.length
  if (kernel.length !== hidden * features.length) {
    throw new RangeError(`${features.length} features do not fit ${kernel.length / hidden} inputs`)
  }
  const sums = Float64Array.from(bias)
  for (let input = 0, place = 0; input < features.length; input++) {
    const value = features[input]!
    for (let unit = 0; unit < hidden; unit++, place++) sums[unit]! += value * kernel[place]!
  }
  const said = Float64Array.from(headBias)
  for (let unit = 0, place = 0; unit < hidden; unit++) {
    const active = gelu(sums[unit]!)
    for (let lead = 0; lead < LEADS; lead++, place++) said[lead]! += active * head[place]!
  }
  return said
}
