import * as tf from '@tensorflow/tfjs'
import { LEADS } from '../../src/domain/forecast.ts'
import { seededRandom } from '../../src/domain/random.ts'
import type { NetworkSpec, WeightArray } from '../../src/domain/weights.ts'
import { CLOCK_FEATURES } from '../../src/networks/clock-table.ts'
import { featureCount } from '../../src/networks/encoding.ts'
import { HEAD_UNITS } from '../../src/networks/head.ts'
import { weightShapes } from '../../src/networks/network-layout.ts'
import { buildRecurrent } from '../../src/tensorflow/stock-network.ts'

/** Weights of a network, all drawn, biases and head included: it predicts something of its own for every window. */
export function drawnWeights(
  spec: NetworkSpec,
  { seed, reach }: { seed: number; reach: number },
): WeightArray[] {
  const random = seededRandom(seed)
  return weightShapes(spec).map(({ shape }) => ({
    shape,
    values: Float32Array.from(
      { length: shape.reduce((size, side) => size * side, 1) },
      () => reach * (random.unit() - 0.5),
    ),
  }))
}

/** What TensorFlow.js's own layers predict with these weights, head included. Shapes: [sample][step][feature] -> [sample][lead 24]. */
export function predictedByLayers(
  spec: NetworkSpec,
  arrays: readonly WeightArray[],
  windows: readonly Float32Array[],
): tf.Tensor {
  const tensors = arrays.map(({ shape, values }) => tf.tensor(values, [...shape]))
  const recurrent = buildRecurrent(spec)
  const count = recurrent.getWeights().length
  recurrent.setWeights(tensors.slice(0, count))
  const x = tf.stack(windows.map((window) => tf.tensor2d(window, [spec.steps, featureCount(spec)])))
  const clock = x
    .slice([0, spec.steps - 1, spec.channels], [windows.length, 1, CLOCK_FEATURES])
    .reshape([windows.length, CLOCK_FEATURES])
  const normal = apply(tf.layers.layerNormalization(), oneOf(recurrent.predict(x)), tensors.slice(count))
  const hidden = tf.layers.dense({ units: HEAD_UNITS, activation: 'gelu_new' })
  const read = apply(hidden, tf.concat([normal, clock], 1), tensors.slice(count + 2))
  return apply(tf.layers.dense({ units: LEADS }), read, tensors.slice(count + 4))
}

function apply(layer: tf.layers.Layer, x: tf.Tensor, weights: readonly tf.Tensor[]): tf.Tensor {
  layer.build(x.shape)
  layer.setWeights(weights.slice(0, 2))
  return oneOf(layer.apply(x))
}

function oneOf(value: tf.Tensor | tf.Tensor[] | tf.SymbolicTensor | tf.SymbolicTensor[]): tf.Tensor {
  if (value instanceof tf.Tensor) return value
  throw new Error('more than one output')
}
