import * as tf from '@tensorflow/tfjs'
import type { NetworkSpec } from '../domain/weights.ts'
import { featureCount } from '../networks/encoding.ts'
import type { NetworkGradients } from '../networks/gradient-types.ts'
import { parameterCount, shapedNetwork } from '../networks/network-layout.ts'
import { partsOf } from '../networks/network-parts.ts'
import { referenceHeadGradients } from './reference-head-gradients.ts'
import { buildRecurrent } from './stock-network.ts'

export interface StockGradients extends NetworkGradients {
  /** Frees every tensor. */
  dispose(): void
}

/** By TensorFlow.js's own layers, on the backend that has been started in this thread; the head in plain arithmetic. */
export function stockGradients(spec: NetworkSpec): StockGradients {
  const model = buildRecurrent(spec)
  const variables = model.trainableWeights.map((weight) => {
    const variable = weight.read()
    if (!(variable instanceof tf.Variable)) throw new Error(`${weight.name} is no variable`)
    return variable
  })

  return {
    parameters: parameterCount(spec),
    // All of a batch: a step costs hardly less for fewer samples.
    microBatchSize: Number.MAX_SAFE_INTEGER,
    lossAndGradient: (flat, microBatch, flatGradient) =>
      tf.tidy(() => {
        const parameters = shapedNetwork(spec, flat)
        const gradient = shapedNetwork(spec, flatGradient)
        for (const [index, variable] of variables.entries()) {
          variable.assign(tf.tensor(parameters[index]!.values.slice(), variable.shape))
        }
        const lossOfStates = tf.customGrad((states) => {
          if (!(states instanceof tf.Tensor)) throw new Error('there is one tensor of states')
          const outcome = referenceHeadGradients({
            states: states.dataSync<'float32'>(),
            weights: partsOf(spec, parameters).head,
            microBatch,
            gradients: partsOf(spec, gradient).head,
          })
          const gradFunc = () => tf.tensor(outcome.states, states.shape)
          return { value: tf.scalar(outcome.loss), gradFunc }
        })
        const x = tf.tensor3d(microBatch.inputs.slice(), [microBatch.size, spec.steps, featureCount(spec)])
        const { value, grads } = tf.variableGrads(() => {
          const states = model.apply(x, { training: true })
          if (!(states instanceof tf.Tensor)) throw new Error('the network gave more than one output')
          return lossOfStates(states).asScalar()
        }, variables)
        for (const [index, { name }] of variables.entries()) {
          gradient[index]!.values.set(grads[name]!.dataSync<'float32'>())
        }
        return value.dataSync()[0]!
      }),
    dispose: () => model.dispose(),
  }
}
