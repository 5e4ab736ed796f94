import * as tf from '@tensorflow/tfjs'
import { joinDirections, partDirections } from '../kernel/directions.ts'

/**
 * The outputs of both directions, side by side: shapes [sample][unit] or [sample][step][unit], of the same size each. Steps
 * of `back` are in its own order, the last first. TensorFlow.js's operations do the same, but in the backward pass its cpu
 * backend copies number by number.
 */
export function sideBySide(ahead: tf.Tensor, back: tf.Tensor): tf.Tensor {
  const { shape } = ahead
  const units = shape.at(-1)!
  const extent = { steps: shape.length > 2 ? shape[1]! : 1, units }

  const join = (): tf.Tensor => {
    const joined = joinDirections(ahead.dataSync<'float32'>(), back.dataSync<'float32'>(), extent)
    return tf.tensor(joined, [...shape.slice(0, -1), 2 * units])
  }
  const part = (gradient: tf.Tensor): tf.Tensor[] =>
    partDirections(gradient.dataSync<'float32'>(), extent).map((gradients) => tf.tensor(gradients, shape))
  // Nobody differentiates where no tape records, and a window's prediction is quicker without the preparations for it.
  if (!tf.engine().isTapeOn()) return join()
  return tf.customGrad<tf.Tensor>(() => ({ value: join(), gradFunc: part }))(ahead, back)
}
