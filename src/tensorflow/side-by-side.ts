import * as tf from '@tensorflow/tfjs'
import { joinDirections, partDirections } from '../kernel/directions.ts'

/**
 * What both directions say, side by side: shapes [sample][unit] or [sample][step][unit], of the same size each. Steps
 * of `back` are in its own order, the last first. TensorFlow.js's operations do the same, but on the way back its cpu
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
  const part = (slope: tf.Tensor): tf.Tensor[] =>
    partDirections(slope.dataSync<'float32'>(), extent).map((slopes) => tf.tensor(slopes, shape))
  // Nobody goes back where no tape records, and a window's prediction is quicker without the preparations for it.
  if (!tf.engine().isTapeOn()) return join()
  return tf.customGrad<tf.Tensor>(() => ({ value: join(), gradFunc: part }))(ahead, back)
}
