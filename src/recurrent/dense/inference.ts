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
  const said = Float64Array.from(headBias)
  // Four units at a time: their sums stay in registers.
  for (let unit = 0; unit < hidden; unit += 4) {
    let [s0, s1, s2, s3] = [bias[unit]!, bias[unit + 1]!, bias[unit + 2]!, bias[unit + 3]!]
    for (let input = 0, place = unit; input < features.length; input++, place += hidden) {
      const value = features[input]!
      s0 += value * kernel[place]!
      s1 += value * kernel[place + 1]!
      s2 += value * kernel[place + 2]!
      s3 += value * kernel[place + 3]!
    }
    addActive(said, gelu(s0), { head, unit })
    addActive(said, gelu(s1), { head, unit: unit + 1 })
    addActive(said, gelu(s2), { head, unit: unit + 2 })
    addActive(said, gelu(s3), { head, unit: unit + 3 })
  }
  return said
}

function addActive(
  said: Float64Array,
  active: number,
  { head, unit }: { readonly head: Float32Array; readonly unit: number },
): void {
  const place = unit * LEADS
  for (let lead = 0; lead < LEADS; lead++) said[lead]! += active * head[place + lead]!
}
