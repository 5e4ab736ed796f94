import * as tf from '@tensorflow/tfjs'
import type { NetworkSpec } from '../domain/weights.ts'
import { featureCount } from '../networks/encoding.ts'
import type { LossAt } from '../networks/network-gradients.ts'
import { partsOf } from '../networks/plain-predictor.ts'
import { plainHeadSlopes } from './reference-head-gradients.ts'

/** By TensorFlow.js's own layers, for machines without the kernel; the head in plain arithmetic. */
export function layersNetworkSlopes(
  model: tf.LayersModel,
  spec: NetworkSpec,
): { readonly lossAt: LossAt; readonly grain: undefined } {
  const variables = model.trainableWeights.map((weight) => {
    const variable = weight.read()
    if (!(variable instanceof tf.Variable)) throw new Error(`${weight.name} is no variable`)
    return variable
  })

  const lossAt: LossAt = (parameters, shard, slope) =>
    tf.tidy(() => {
      for (const [index, variable] of variables.entries()) {
        variable.assign(tf.tensor(parameters[index]!.values.slice(), variable.shape))
      }
      const judged = tf.customGrad((states) => {
        if (!(states instanceof tf.Tensor)) throw new Error('there is one tensor of states')
        const outcome = plainHeadSlopes({
          states: states.dataSync<'float32'>(),
          weights: partsOf(spec, parameters).head,
          shard,
          slopes: partsOf(spec, slope).head,
        })
        const gradFunc = () => tf.tensor(outcome.states, states.shape)
        return { value: tf.scalar(outcome.loss), gradFunc }
      })
      const x = tf.tensor3d(shard.inputs.slice(), [shard.size, spec.steps, featureCount(spec)])
      const { value, grads } = tf.variableGrads(() => {
        const states = model.apply(x, { training: true })
        if (!(states instanceof tf.Tensor)) throw new Error('the network gave more than one output')
        return judged(states).asScalar()
      }, variables)
      for (const [index, { name }] of variables.entries()) {
        slope[index]!.values.set(grads[name]!.dataSync<'float32'>())
      }
      return value.dataSync()[0]!
    })
  return { lossAt, grain: undefined }
}
