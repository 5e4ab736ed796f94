import * as tf from '@tensorflow/tfjs'
import type { NetworkSpec, WeightArray } from '../domain/weights.ts'
import { featureCount } from './encode.ts'
import { headOf, headShapes, initialHead } from './head.ts'
import { fuse } from './kernel/fuse.ts'
import { registeredKernel } from './kernel/register.ts'
import { kernelHeadSlopes } from './kernel-head-slopes.ts'
import { buildRecurrent, stateWidth } from './network.ts'
import { plainHeadSlopes } from './plain-head-slopes.ts'

/** Some samples of a batch as the network is trained on them; shapes as of `EncodedBatch`. */
export interface Shard {
  readonly size: number
  readonly inputs: Float32Array
  readonly changes: Float32Array
  readonly known: Float32Array
  /** Known truths of the whole batch, which the loss is the mean over: the losses of a batch's shards add up. */
  readonly knownCount: number
}

/** The network in this thread, as a function from parameters and samples to loss and slope. */
export interface NetworkSlopes {
  /** As drawn from the seed, all in one array. */
  readonly initial: Float32Array
  /** The loss at these parameters; its slope by each of them is written to `slope`. */
  lossAt(parameters: Float32Array, shard: Shard, slope: Float32Array): number
  /** Views of an array of parameters in the shapes of the network's weights, in their order. */
  shaped(parameters: Float32Array): WeightArray[]
  /** Frees every tensor. */
  dispose(): void
}

/** Builds the network on the engine that has been started in this thread. */
export function networkSlopes(spec: NetworkSpec, seed: number): NetworkSlopes {
  const model = fuse(buildRecurrent(spec, seed))
  const kernel = registeredKernel()
  const headSlopes = kernel ? kernelHeadSlopes(kernel) : plainHeadSlopes
  const width = stateWidth(spec)
  const variables = model.trainableWeights.map((weight) => {
    const variable = weight.read()
    if (!(variable instanceof tf.Variable)) throw new Error(`${weight.name} is no variable`)
    return variable
  })

  const shapes: readonly (readonly number[])[] = [
    ...variables.map(({ shape }) => shape),
    ...headShapes(width),
  ]
  const headIn = (parameters: Float32Array) =>
    headOf(
      shaped(parameters)
        .slice(variables.length)
        .map(({ values }) => values),
    )

  const shaped = (parameters: Float32Array): WeightArray[] => {
    let at = 0
    return shapes.map((shape) => {
      const size = shape.reduce((product, side) => product * side, 1)
      at += size
      return { shape, values: parameters.subarray(at - size, at) }
    })
  }

  return {
    initial: flat([
      ...variables.map((variable) => variable.dataSync<'float32'>()),
      ...initialHead(width, seed),
    ]),
    shaped,
    lossAt(parameters, shard, slope) {
      return tf.tidy(() => {
        const arrays = shaped(parameters)
        for (const [index, variable] of variables.entries()) {
          variable.assign(tf.tensor(arrays[index]!.values.slice(), variable.shape))
        }
        const judged = tf.customGrad((states) => {
          if (!(states instanceof tf.Tensor)) throw new Error('there is one tensor of states')
          const outcome = headSlopes({
            states: states.dataSync<'float32'>(),
            weights: headIn(parameters),
            shard,
            slopes: headIn(slope),
          })
          const gradFunc = () => tf.tensor(outcome.states, states.shape)
          return { value: tf.scalar(outcome.loss), gradFunc }
        })
        const x = tf.tensor3d(shard.inputs, [shard.size, spec.steps, featureCount(spec)])
        const { value, grads } = tf.variableGrads(() => {
          const states = model.apply(x, { training: true })
          if (!(states instanceof tf.Tensor)) throw new Error('the network gave more than one output')
          return judged(states).asScalar()
        }, variables)
        let at = 0
        for (const { name, size: length } of variables) {
          slope.set(grads[name]!.dataSync<'float32'>(), at)
          at += length
        }
        return value.dataSync()[0]!
      })
    },
    dispose: () => model.dispose(),
  }
}

function flat(arrays: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(arrays.reduce((length, array) => length + array.length, 0))
  let at = 0
  for (const array of arrays) {
    joined.set(array, at)
    at += array.length
  }
  return joined
}
