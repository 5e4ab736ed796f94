import { LEADS } from '../domain/forecast.ts'
import { CLOCK_FEATURES } from '../networks/clock-table.ts'
import { gelu, geluDerivative } from '../networks/gelu.ts'
import type { HeadGradients } from '../networks/gradient-types.ts'
import { HEAD_UNITS, hiddenSums, normaliseState } from '../networks/head.ts'

/** In plain arithmetic, sample by sample: for machines without the kernel, and what that is held against. */
export const referenceHeadGradients: HeadGradients = ({ states, weights, microBatch, gradients }) => {
  const { size, inputs, changes, known, knownCount } = microBatch
  const { gamma, beta, hidden, out, outBias } = weights
  const width = states.length / size
  const reads = width + CLOCK_FEATURES
  const length = inputs.length / size
  const statesGradient = new Float32Array(states.length)
  const normal = new Float64Array(width)
  const read = new Float64Array(reads)
  const readGradient = new Float64Array(width)
  const sums = new Float64Array(HEAD_UNITS)
  const active = new Float64Array(HEAD_UNITS)
  const delta = new Float64Array(HEAD_UNITS)
  const predicted = new Float64Array(LEADS)
  const count = Math.max(1, knownCount)
  let loss = 0
  for (const values of Object.values(gradients)) values.fill(0)

  for (let sample = 0; sample < size; sample++) {
    const scale = normaliseState(states.subarray(sample * width, (sample + 1) * width), normal)
    for (let unit = 0; unit < width; unit++) read[unit] = normal[unit]! * gamma[unit]! + beta[unit]!
    const clock = (sample + 1) * length - CLOCK_FEATURES
    for (let index = 0; index < CLOCK_FEATURES; index++) read[width + index] = inputs[clock + index]!
    hiddenSums(weights, read, sums)
    predicted.set(outBias)
    for (let unit = 0, place = 0; unit < HEAD_UNITS; unit++) {
      active[unit] = gelu(sums[unit]!)
      for (let lead = 0; lead < LEADS; lead++) predicted[lead]! += active[unit]! * out[place++]!
    }
    // From here on `predicted` holds the loss's gradients by the predictions.
    for (let lead = 0; lead < LEADS; lead++) {
      const at = sample * LEADS + lead
      const error = known[at] === 0 ? 0 : predicted[lead]! - changes[at]!
      loss += Math.abs(error) / count
      predicted[lead] = Math.sign(error) / count
      gradients.outBias[lead]! += predicted[lead]!
    }
    for (let unit = 0, place = 0; unit < HEAD_UNITS; unit++) {
      let sum = 0
      for (let lead = 0; lead < LEADS; lead++, place++) {
        sum += predicted[lead]! * out[place]!
        gradients.out[place]! += predicted[lead]! * active[unit]!
      }
      delta[unit] = sum * geluDerivative(sums[unit]!)
      gradients.hiddenBias[unit]! += delta[unit]!
    }
    for (let row = 0, place = 0; row < reads; row++) {
      let sum = 0
      const value = read[row]!
      for (let unit = 0; unit < HEAD_UNITS; unit++, place++) {
        sum += delta[unit]! * hidden[place]!
        gradients.hidden[place]! += delta[unit]! * value
      }
      if (row < width) readGradient[row] = sum
    }
    let mean = 0
    let along = 0
    for (let unit = 0; unit < width; unit++) {
      gradients.gamma[unit]! += readGradient[unit]! * normal[unit]!
      gradients.beta[unit]! += readGradient[unit]!
      readGradient[unit]! *= gamma[unit]!
      mean += readGradient[unit]! / width
      along += (readGradient[unit]! * normal[unit]!) / width
    }
    for (let unit = 0; unit < width; unit++) {
      statesGradient[sample * width + unit] = scale * (readGradient[unit]! - mean - normal[unit]! * along)
    }
  }
  return { loss, states: statesGradient }
}
