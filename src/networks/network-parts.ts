import type { NetworkSpec, WeightArray } from '../domain/weights.ts'
import { featureCount } from './encoding.ts'
import { type HeadWeights, headOf } from './head.ts'

export interface Predictor {
  /** From one window's features, shape [step][feature], to the network's output, shape [lead 24]. */
  predict(inputs: Float32Array): Float32Array
  /** Gives back what memory it holds. */
  release(): void
}

/** A layer's weights in one direction, laid out as TensorFlow.js keeps them, row-major. */
export interface CellWeights {
  readonly inputs: number
  readonly units: number
  /** Shape [input][gate x unit]; gates of a GRU: update z, reset r, candidate h; of an LSTM: input i, forget f, candidate c, output o. */
  readonly kernel: Float32Array
  /** Shape [unit][gate x unit]. */
  readonly recurrent: Float32Array
  /** Shape [gate x unit]. */
  readonly bias: Float32Array
}

export interface NetworkParts {
  /** By layer from below, then by direction. */
  readonly stack: CellWeights[][]
  readonly head: HeadWeights
}

/** A network's weights by layer and direction, from what `getWeights()` lists one after the other; without copying. */
export function partsOf(spec: NetworkSpec, arrays: readonly WeightArray[]): NetworkParts {
  const remaining = arrays.map(({ values }) => values)
  const take = (): Float32Array => {
    const values = remaining.shift()
    if (!values) throw new Error(`${arrays.length} arrays of weights are too few for the network`)
    return values
  }
  const directions = spec.bidirectional ? 2 : 1
  let inputs = featureCount(spec)
  const stack = spec.units.map((units) => {
    const weights: CellWeights[] = []
    for (let direction = 0; direction < directions; direction++) {
      weights.push({ inputs, units, kernel: take(), recurrent: take(), bias: take() })
    }
    inputs = units * directions
    return weights
  })
  return { stack, head: headOf(remaining) }
}
