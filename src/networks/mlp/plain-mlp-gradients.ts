import { LEADS } from '../../domain/forecast.ts'
import { gelu, geluDerivative } from '../gelu.ts'
import type { MlpGradients } from './mlp-gradient-types.ts'
import { layoutOf, type MlpSpec } from './mlp-layout.ts'

/** In plain arithmetic, sample by sample: for machines without the kernel, and what that is held against. */
export function plainMlpGradients(spec: MlpSpec): MlpGradients {
  const { inputs, hidden } = spec
  const { firstBias, second, secondBias } = layoutOf(spec)
  const sums = new Float64Array(hidden)
  const active = new Float64Array(hidden)
  const predicted = new Float64Array(LEADS)

  return (parameters, { size, x, mask, truth }, gradient) => {
    gradient.fill(0)
    const known = truth.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0)
    if (known === 0) return 0
    let total = 0
    for (let sample = 0; sample < size; sample++) {
      for (let unit = 0; unit < hidden; unit++) {
        let sum = parameters[firstBias + unit]!
        for (let input = 0; input < inputs; input++)
          sum += x[sample * inputs + input]! * parameters[input * hidden + unit]!
        sums[unit] = sum
        active[unit] = gelu(sum) * mask[sample * hidden + unit]!
      }
      for (let lead = 0; lead < LEADS; lead++) {
        const label = truth[sample * LEADS + lead]!
        let sum = parameters[secondBias + lead]!
        for (let unit = 0; unit < hidden; unit++)
          sum += active[unit]! * parameters[second + unit * LEADS + lead]!
        if (!Number.isNaN(label)) total += Math.abs(sum - label)
        predicted[lead] = Number.isNaN(label) ? 0 : Math.sign(sum - label) / known
        gradient[secondBias + lead]! += predicted[lead]!
      }
      for (let unit = 0; unit < hidden; unit++) {
        let delta = 0
        for (let lead = 0; lead < LEADS; lead++) {
          const place = second + unit * LEADS + lead
          delta += predicted[lead]! * parameters[place]!
          gradient[place]! += predicted[lead]! * active[unit]!
        }
        delta *= geluDerivative(sums[unit]!) * mask[sample * hidden + unit]!
        gradient[firstBias + unit]! += delta
        for (let input = 0; input < inputs; input++)
          gradient[input * hidden + unit]! += delta * x[sample * inputs + input]!
      }
    }
    return total / known
  }
}
