/** Where AdamW stands: all of a network's parameters in one flat array, with what the optimiser remembers of each. */
export interface Optimizer {
  /** What the average keeps of itself at a step, once it is under way. */
  readonly emaDecay: number
  step: number
  readonly parameters: Float32Array
  readonly firstMoment: Float32Array
  readonly secondMoment: Float32Array
  /** Parameters averaged over the last some 1 / (1 - emaDecay) steps: what forecasts are made with. */
  readonly average: Float32Array
}

const BETA1 = 0.9
const BETA2 = 0.999
const EPSILON = 1e-7
const WEIGHT_DECAY = 0.01
const MAX_GRADIENT_NORM = 1
const EMA_DECAY = 0.97

export function optimizerFor(parameters: Float32Array, emaDecay = EMA_DECAY): Optimizer {
  return {
    emaDecay,
    step: 0,
    parameters,
    firstMoment: new Float32Array(parameters.length),
    secondMoment: new Float32Array(parameters.length),
    average: parameters.slice(),
  }
}

/**
 * One step of AdamW (Loshchilov and Hutter 2019) with gradient clipping by global norm at 1, and of the running
 * average of the parameters. In plain arrays rather than by `tf.train`: the rate changes from round to round, a
 * round can be rolled back, and no optimiser state lives in tensors.
 */
export function optimizerStep(optimizer: Optimizer, gradient: Float32Array, learningRate: number): void {
  const { parameters, firstMoment, secondMoment, average, emaDecay } = optimizer
  const clip = Math.min(1, MAX_GRADIENT_NORM / normOf(gradient))
  optimizer.step += 1
  // All that divides every parameter alike is divided by once, here.
  const rate = learningRate / (1 - BETA1 ** optimizer.step)
  const correction = 1 / (1 - BETA2 ** optimizer.step)
  const decay = 1 - learningRate * WEIGHT_DECAY
  const keep = Math.min(emaDecay, (optimizer.step + 1) / (optimizer.step + 10))
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

/** Of its own memory. */
export function cloneState(optimizer: Optimizer): Optimizer {
  const copy = optimizerFor(new Float32Array(optimizer.parameters.length), optimizer.emaDecay)
  loadState(copy, optimizer)
  return copy
}

/** Puts an optimiser where another stands. */
export function loadState(
  optimizer: Optimizer,
  { step, parameters, firstMoment, secondMoment, average }: Optimizer,
): void {
  optimizer.step = step
  optimizer.parameters.set(parameters)
  optimizer.firstMoment.set(firstMoment)
  optimizer.secondMoment.set(secondMoment)
  optimizer.average.set(average)
}

/** By index: iterating over it would take five times as long. */
function normOf(gradient: Float32Array): number {
  let sum = 0
  for (let i = 0; i < gradient.length; i++) sum += gradient[i]! * gradient[i]!
  return Math.sqrt(sum)
}
