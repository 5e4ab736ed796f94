import { sharedFloats } from '../domain/shared-floats.ts'
import type { OptimizerState } from '../learn/trainer.ts'

export interface StepOptions {
  readonly learningRate: number
  /** What the average keeps of itself at a step, once it is under way: it is over some 1 / (1 - emaDecay) steps. */
  readonly emaDecay: number
}

const BETA1 = 0.9
const BETA2 = 0.999
const EPSILON = 1e-7
const WEIGHT_DECAY = 0.01
const MAX_GRADIENT_NORM = 1

/** Before the first step; the parameters are copied. In memory that every thread sees. */
export function initialOptimizerState(parameters: Float32Array): OptimizerState {
  const state = emptyOptimizerState(parameters.length)
  state.parameters.set(parameters)
  state.average.set(parameters)
  return state
}

/** Memory for a state of so many parameters; it holds zeros. */
export function emptyOptimizerState(parameters: number): OptimizerState {
  return {
    step: 0,
    parameters: sharedFloats(parameters),
    firstMoment: sharedFloats(parameters),
    secondMoment: sharedFloats(parameters),
    average: sharedFloats(parameters),
  }
}

/** Writes a state over another of the same size. */
export function copyState(from: OptimizerState, to: OptimizerState): void {
  to.step = from.step
  to.parameters.set(from.parameters)
  to.firstMoment.set(from.firstMoment)
  to.secondMoment.set(from.secondMoment)
  to.average.set(from.average)
}

/** A copy in memory of its own, which every thread sees. */
export function cloneState(state: OptimizerState): OptimizerState {
  const copy = emptyOptimizerState(state.parameters.length)
  copyState(state, copy)
  return copy
}

/**
 * One step of AdamW (Loshchilov and Hutter 2019) with gradient clipping by global norm at 1, and of the average of the
 * parameters; in place. By hand rather than by a library: the rate changes from round to round, a round can be rolled
 * back, and where training stands is data.
 */
export function optimizerStep(
  state: OptimizerState,
  gradient: Float32Array,
  { learningRate, emaDecay }: StepOptions,
): void {
  const { parameters, firstMoment, secondMoment, average } = state
  const clip = Math.min(1, MAX_GRADIENT_NORM / normOf(gradient))
  state.step += 1
  // All that divides every parameter alike is divided by once, here.
  const rate = learningRate / (1 - BETA1 ** state.step)
  const correction = 1 / (1 - BETA2 ** state.step)
  const decay = 1 - learningRate * WEIGHT_DECAY
  const keep = Math.min(emaDecay, (state.step + 1) / (state.step + 10))
  const rest = 1 - keep
  for (let i = 0; i < parameters.length; i++) {
    const clipped = gradient[i]! * clip
    const mean = BETA1 * firstMoment[i]! + (1 - BETA1) * clipped
    const square = BETA2 * secondMoment[i]! + (1 - BETA2) * clipped * clipped
    const parameter = decay * parameters[i]! - (rate * mean) / (Math.sqrt(correction * square) + EPSILON)
    firstMoment[i] = mean
    secondMoment[i] = square
    parameters[i] = parameter
    average[i] = keep * average[i]! + rest * parameter
  }
}

/** By index: iterating over it would take five times as long. */
function normOf(gradient: Float32Array): number {
  let sum = 0
  for (let i = 0; i < gradient.length; i++) sum += gradient[i]! * gradient[i]!
  return Math.sqrt(sum)
}
