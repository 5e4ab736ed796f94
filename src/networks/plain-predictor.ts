import type { NetworkSpec, WeightArray } from '../domain/weights.ts'
import { featureCount } from './encoding.ts'
import { type HeadWeights, headOf, sayHead } from './head.ts'
import { type CellWeights, gruPass, lstmPass, type Sequence } from './plain-cells.ts'

export interface Predictor {
  /** From one window's features, shape [step][feature], to the network's output, shape [lead 24]. */
  predict(inputs: Float32Array): Float32Array
  /** Gives back what memory it holds. */
  release(): void
}

/**
 * The network's forward pass for one window in plain arithmetic: a forecast costs a fraction of a millisecond of the
 * event loop, where TensorFlow.js takes ten to dispatch some hundred operations. Equal to `LayersModel.predict`.
 */
export function plainPredictor(spec: NetworkSpec, arrays: readonly WeightArray[]): Predictor {
  const { cell, bidirectional, steps } = spec
  const pass = cell === 'gru' ? gruPass : lstmPass
  const { stack, head } = partsOf(spec, arrays)
  const layers = stack.map((weights) => {
    const width = weights.reduce((total, { units }) => total + units, 0)
    return { weights, output: { values: new Float32Array(steps * width), steps, width } }
  })
  const { width } = layers.at(-1)!.output
  const lastUnits = width / (bidirectional ? 2 : 1)

  const predict = (inputs: Float32Array): Float32Array => {
    let below: Sequence = { values: inputs, steps, width: featureCount(spec) }
    for (const { weights, output } of layers) {
      for (const [direction, one] of weights.entries()) {
        pass(one, below, { output, column: direction * one.units, backwards: direction === 1 })
      }
      below = output
    }
    // Each direction's last state: of the forward one at the last step, of the backward one at the first.
    const states = Float32Array.from({ length: width }, (_, unit) => {
      const step = unit < lastUnits ? steps - 1 : 0
      return below.values[step * width + unit]!
    })
    return sayHead(states, inputs, head)
  }
  return { predict, release: () => undefined }
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
