import type { NetworkSpec, WeightArray } from '../domain/weights.ts'
import { featureCount } from './encoding.ts'
import { predictHead } from './head.ts'
import { type Predictor, partsOf } from './network-parts.ts'
import { gruPass, lstmPass, type Sequence } from './plain-cells.ts'

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
        pass(one, below, { output, column: direction * one.units, goBackwards: direction === 1 })
      }
      below = output
    }
    // Each direction's last state: of the forward one at the last step, of the backward one at the first.
    const states = Float32Array.from({ length: width }, (_, unit) => {
      const step = unit < lastUnits ? steps - 1 : 0
      return below.values[step * width + unit]!
    })
    return predictHead(states, inputs, head)
  }
  return { predict, release: () => undefined }
}
