import { LEADS } from '../domain/forecast.ts'
import type { Random } from '../domain/random.ts'
import { CLOCK_FEATURES } from './clock-table.ts'
import { gelu } from './gelu.ts'

/*
 * From a recurrent network's last state to its 24 leads: the state is normalised and read, together with the clock of
 * the issue, by a hidden layer of GELU units. Not in TensorFlow.js: so small, it takes that five times as long to
 * dispatch as to compute. In plain arrays on the event loop; for training see kernel-head-gradients.ts.
 */

export const HEAD_UNITS = 32
/** What is added to a variance. */
const EPSILON = 1e-3

/** Views of one array of parameters. */
export interface HeadWeights {
  /** Of the normalisation. Shapes: [state]. */
  readonly gamma: Float32Array
  readonly beta: Float32Array
  /** Shapes: [state, then clock][unit], [unit]. */
  readonly hidden: Float32Array
  readonly hiddenBias: Float32Array
  /** Shapes: [unit][lead 24], [lead 24]. */
  readonly out: Float32Array
  readonly outBias: Float32Array
}

/** By width of the last state, in the order in which they lie in one array. */
export function headShapes(width: number): readonly (readonly number[])[] {
  return [[width], [width], [width + CLOCK_FEATURES, HEAD_UNITS], [HEAD_UNITS], [HEAD_UNITS, LEADS], [LEADS]]
}

export function headOf(arrays: readonly Float32Array[]): HeadWeights {
  const [gamma, beta, hidden, hiddenBias, out, outBias] = arrays
  if (!gamma || !beta || !hidden || !hiddenBias || !out || !outBias) {
    throw new Error(`${arrays.length} arrays of weights are too few for the network's head`)
  }
  return { gamma, beta, hidden, hiddenBias, out, outBias }
}

/** The hidden layer drawn; the outputs start from zero, so that an untrained network predicts persistence. */
export function initialHead(width: number, random: Random): Float32Array[] {
  return headShapes(width).map((shape, index) => {
    const values = new Float32Array(shape.reduce((size, side) => size * side, 1))
    if (index === 0) values.fill(1)
    const reach = 1 / Math.sqrt(width + CLOCK_FEATURES)
    return index === 2 ? values.map(() => reach * (2 * random.unit() - 1)) : values
  })
}

/** The state as the hidden layer reads it, before gamma and beta: mean 0 and variance 1, into `into`; 1 / deviation. */
export function normaliseState(state: Float32Array, into: Float64Array): number {
  let mean = 0
  for (const value of state) mean += value / state.length
  let variance = 0
  for (const value of state) variance += (value - mean) ** 2 / state.length
  const scale = 1 / Math.sqrt(variance + EPSILON)
  for (let unit = 0; unit < state.length; unit++) into[unit] = (state[unit]! - mean) * scale
  return scale
}

/** Shapes: what the hidden layer reads [state, then clock] -> its sums [unit]. */
export function hiddenSums(
  { hidden, hiddenBias }: HeadWeights,
  read: Float64Array,
  sums: Float64Array,
): void {
  sums.set(hiddenBias)
  for (let row = 0, place = 0; row < read.length; row++) {
    const value = read[row]!
    for (let unit = 0; unit < HEAD_UNITS; unit++) sums[unit]! += value * hidden[place++]!
  }
}

/** From one last state and the window's features, which end with the clock, to the leads. Shape [lead 24]. */
export function predictHead(state: Float32Array, features: Float32Array, weights: HeadWeights): Float32Array {
  const { gamma, beta, out, outBias } = weights
  const read = new Float64Array(state.length + CLOCK_FEATURES)
  normaliseState(state, read)
  for (let unit = 0; unit < state.length; unit++) read[unit] = read[unit]! * gamma[unit]! + beta[unit]!
  read.set(features.subarray(features.length - CLOCK_FEATURES), state.length)
  const sums = new Float64Array(HEAD_UNITS)
  hiddenSums(weights, read, sums)
  const predicted = Float64Array.from(outBias)
  for (let unit = 0, place = 0; unit < HEAD_UNITS; unit++) {
    const active = gelu(sums[unit]!)
    for (let lead = 0; lead < LEADS; lead++) predicted[lead]! += active * out[place++]!
  }
  return Float32Array.from(predicted)
}
