/** Where AdamW stands: all of a network's parameters in one flat array, with what the optimiser remembers of each. */
export interface Optimizer {
  /** What the average keeps of itself at a step, once it is under way. */
  readonly longestMemory: number
  step: number
  readonly parameters: Float32Array
  readonly momentum: Float32Array
  readonly variance: Float32Array
  /** Parameters averaged over the last some 1 / (1 - longestMemory) steps: what forecasts are made with. */
  readonly average: Float32Array
}

const BETA1 = 0.9
const BETA2 = 0.999
const EPSILON = 1e-7
const WEIGHT_DECAY = 0.01
const LARGEST_NORM = 1
const LONGEST_MEMORY = 0.97

export function optimizerFor(parameters: Float32Array, longestMemory = LONGEST_MEMORY): Optimizer {
  return {
    longestMemory,
    step: 0,
    parameters,
    momentum: new Float32Array(parameters.length),
    variance: new Float32Array(parameters.length),
    average: parameters.slice(),
  }
}

/**
 * One step of AdamW (Loshchilov and Hutter 2019) with the gradient cut to a global norm of 1, and of the running
 * average of the parameters. In plain arrays rather than by `tf.train`: the rate changes from round to round, a
 * round can be undone, and no optimiser state lives in tensors.
 */
export function descend(optimizer: Optimizer, gradient: Float32Array, learningRate: number): void {
  const { parameters, momentum, variance, average, longestMemory } = optimizer
  const cut = Math.min(1, LARGEST_NORM / normOf(gradient))
  optimizer.step += 1
  // All that divides every parameter alike is divided by once, here.
  const rate = learningRate / (1 - BETA1 ** optimizer.step)
  const correction = 1 / (1 - BETA2 ** optimizer.step)
  const decay = 1 - learningRate * WEIGHT_DECAY
  const keep = Math.min(longestMemory, (optimizer.step + 1) / (optimizer.step + 10))
  const rest = 1 - keep
  for (let i = 0; i < parameters.length; i++) {
    const slope = gradient[i]! * cut
    const mean = BETA1 * momentum[i]! + (1 - BETA1) * slope
    const square = BETA2 * variance[i]! + (1 - BETA2) * slope * slope
    const parameter = decay * parameters[i]! - (rate * mean) / (Math.sqrt(correction * square) + EPSILON)
    momentum[i] = mean
    variance[i] = square
    parameters[i] = parameter
    average[i] = keep * average[i]! + rest * parameter
  }
}

/** Of its own memory. */
export function copyOf(optimizer: Optimizer): Optimizer {
  const copy = optimizerFor(new Float32Array(optimizer.parameters.length), optimizer.longestMemory)
  takeOver(copy, optimizer)
  return copy
}

/** Puts an optimiser where another stands. */
export function takeOver(
  optimizer: Optimizer,
  { step, parameters, momentum, variance, average }: Optimizer,
): void {
  optimizer.step = step
  optimizer.parameters.set(parameters)
  optimizer.momentum.set(momentum)
  optimizer.variance.set(variance)
  optimizer.average.set(average)
}

/** By index: iterating over it would take five times as long. */
function normOf(gradient: Float32Array): number {
  let sum = 0
  for (let i = 0; i < gradient.length; i++) sum += gradient[i]! * gradient[i]!
  return Math.sqrt(sum)
}
