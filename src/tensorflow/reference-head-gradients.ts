import { LEADS } from '../domain/forecast.ts'
import { CLOCK_FEATURES } from '../networks/clock-table.ts'
import { gelu, geluSlope } from '../networks/gelu.ts'
import type { HeadSlopes } from '../networks/gradient-types.ts'
import { HEAD_UNITS, hiddenSums, normaliseState } from '../networks/head.ts'

/** In plain arithmetic, sample by sample: for machines without the kernel, and what that is held against. */
export const plainHeadSlopes: HeadSlopes = ({ states, weights, shard, slopes }) => {
  const { size, inputs, changes, known, knownCount } = shard
  const { gamma, beta, hidden, out, outBias } = weights
  const width = states.length / size
  const reads = width + CLOCK_FEATURES
  const length = inputs.length / size
  const statesSlope = new Float32Array(states.length)
  const normal = new Float64Array(width)
  const read = new Float64Array(reads)
  const readSlope = new Float64Array(width)
  const sums = new Float64Array(HEAD_UNITS)
  const active = new Float64Array(HEAD_UNITS)
  const delta = new Float64Array(HEAD_UNITS)
  const said = new Float64Array(LEADS)
  const count = Math.max(1, knownCount)
  let loss = 0
  for (const values of Object.values(slopes)) values.fill(0)

  for (let sample = 0; sample < size; sample++) {
    const scale = normaliseState(states.subarray(sample * width, (sample + 1) * width), normal)
    for (let unit = 0; unit < width; unit++) read[unit] = normal[unit]! * gamma[unit]! + beta[unit]!
    const clock = (sample + 1) * length - CLOCK_FEATURES
    for (let index = 0; index < CLOCK_FEATURES; index++) read[width + index] = inputs[clock + index]!
    hiddenSums(weights, read, sums)
    said.set(outBias)
    for (let unit = 0, place = 0; unit < HEAD_UNITS; unit++) {
      active[unit] = gelu(sums[unit]!)
      for (let lead = 0; lead < LEADS; lead++) said[lead]! += active[unit]! * out[place++]!
    }
    // From here on `said` holds the loss's slopes by what was said.
    for (let lead = 0; lead < LEADS; lead++) {
      const at = sample * LEADS + lead
      const error = known[at] === 0 ? 0 : said[lead]! - changes[at]!
      loss += Math.abs(error) / count
      said[lead] = Math.sign(error) / count
      slopes.outBias[lead]! += said[lead]!
    }
    for (let unit = 0, place = 0; unit < HEAD_UNITS; unit++) {
      let sum = 0
      for (let lead = 0; lead < LEADS; lead++, place++) {
        sum += said[lead]! * out[place]!
        slopes.out[place]! += said[lead]! * active[unit]!
      }
      delta[unit] = sum * geluSlope(sums[unit]!)
      slopes.hiddenBias[unit]! += delta[unit]!
    }
    for (let row = 0, place = 0; row < reads; row++) {
      let sum = 0
      const value = read[row]!
      for (let unit = 0; unit < HEAD_UNITS; unit++, place++) {
        sum += delta[unit]! * hidden[place]!
        slopes.hidden[place]! += delta[unit]! * value
      }
      if (row < width) readSlope[row] = sum
    }
    let mean = 0
    let along = 0
    for (let unit = 0; unit < width; unit++) {
      slopes.gamma[unit]! += readSlope[unit]! * normal[unit]!
      slopes.beta[unit]! += readSlope[unit]!
      readSlope[unit]! *= gamma[unit]!
      mean += readSlope[unit]! / width
      along += (readSlope[unit]! * normal[unit]!) / width
    }
    for (let unit = 0; unit < width; unit++) {
      statesSlope[sample * width + unit] = scale * (readSlope[unit]! - mean - normal[unit]! * along)
    }
  }
  return { loss, states: statesSlope }
}
