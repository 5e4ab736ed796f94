import { LEADS } from '../../domain/forecast.ts'
import { seededRandom } from '../../domain/random.ts'
import type { WeightArray } from '../../domain/weights.ts'

/** A network of one hidden layer of GELU units, from features to 24 leads, as asked for. */
export interface MlpSpec {
  readonly inputs: number
  /** A multiple of 8. */
  readonly hidden: number
  /** Share of hidden units left out of each sample in training, 0..1. */
  readonly dropout: number
  /** Deviation of what is added to each input in training. */
  readonly noise: number
}

/** Where its parameters lie in one array: kernel [input][unit], bias [unit], kernel [unit][lead], bias [lead]. */
export function layoutOf({ inputs, hidden }: Pick<MlpSpec, 'inputs' | 'hidden'>) {
  const firstBias = inputs * hidden
  const second = firstBias + hidden
  const secondBias = second + hidden * LEADS
  return { firstBias, second, secondBias, size: secondBias + LEADS }
}

/** The hidden layer drawn from the seed, evenly within 1 / sqrt(inputs); outputs start from zero. */
export function initialMlp(spec: MlpSpec, seed: number): Float32Array {
  const { second, size } = layoutOf(spec)
  const random = seededRandom(seed)
  const parameters = new Float32Array(size)
  const reach = 1 / Math.sqrt(spec.inputs)
  for (let index = 0; index < second; index++) parameters[index] = reach * (2 * random.unit() - 1)
  return parameters
}

export function shapedParameters(spec: MlpSpec, parameters: Float32Array): WeightArray[] {
  const { inputs, hidden } = spec
  const { firstBias, second, secondBias, size } = layoutOf(spec)
  return [
    { shape: [inputs, hidden], values: parameters.subarray(0, firstBias) },
    { shape: [hidden], values: parameters.subarray(firstBias, second) },
    { shape: [hidden, LEADS], values: parameters.subarray(second, secondBias) },
    { shape: [LEADS], values: parameters.subarray(secondBias, size) },
  ]
}
