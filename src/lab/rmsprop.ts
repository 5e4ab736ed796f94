/** State of RMSprop: parameters and the running mean of the squared gradient of each. */
export interface RmspropState {
  readonly parameters: Float32Array
  readonly squares: Float32Array
}

const DECAY = 0.9
const EPSILON = 1e-7

/** One step of RMSprop as Keras takes it, in place: epsilon beside the root, no momentum, nothing cut. */
export function rmspropStep(
  { parameters, squares }: RmspropState,
  gradient: Float32Array,
  learningRate: number,
): void {
  for (let index = 0; index < parameters.length; index++) {
    const by = gradient[index]!
    const square = DECAY * squares[index]! + (1 - DECAY) * by * by
    squares[index] = square
    parameters[index]! -= (learningRate * by) / (Math.sqrt(square) + EPSILON)
  }
}
