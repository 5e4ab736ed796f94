import * as tf from '@tensorflow/tfjs'
import { LEADS } from '../domain/forecast.ts'
import type { NetworkSpec, WeightArray } from '../domain/weights.ts'
import { featureCount } from './encode.ts'
import { fuse } from './kernel/fuse.ts'
import { buildNetwork } from './network.ts'

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
  const model = fuse(buildNetwork(spec, seed))
  const variables = model.trainableWeights.map((weight) => {
    const variable = weight.read()
    if (!(variable instanceof tf.Variable)) throw new Error(`${weight.name} is no variable`)
    return variable
  })

  const shaped = (parameters: Float32Array): WeightArray[] => {
    let at = 0
    return variables.map(({ shape, size }) => {
      at += size
      return { shape, values: parameters.subarray(at - size, at) }
    })
  }

  return {
    initial: flat(variables.map((variable) => variable.dataSync<'float32'>())),
    shaped,
    lossAt(parameters, { size, inputs, changes, known, knownCount }, slope) {
      return tf.tidy(() => {
        for (const [index, { shape, values }] of shaped(parameters).entries()) {
          variables[index]?.assign(tf.tensor(values.slice(), [...shape]))
        }
        const x = tf.tensor3d(inputs, [size, spec.steps, featureCount(spec)])
        const truth = tf.tensor2d(changes, [size, LEADS])
        const weight = tf.tensor2d(known, [size, LEADS])
        const { value, grads } = tf.variableGrads(() => {
          const said = model.apply(x, { training: true })
          if (!(said instanceof tf.Tensor)) throw new Error('the network gave more than one output')
          return said.sub(truth).abs().mul(weight).sum().div(Math.max(1, knownCount)).asScalar()
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
