import * as tf from '@tensorflow/tfjs'

/** A tensor's numbers, from whichever backend runs; not to be written to. */
export function valuesOf({ dataId }: tf.TensorInfo): Float32Array {
  const values = tf.engine().backend.readSync(dataId)
  if (values instanceof Float32Array) return values
  throw new TypeError('the values of a float32 tensor are no Float32Array')
}

/** A tensor of the backend that runs; the numbers are given away. */
export function tensorInfo(values: Float32Array, shape: number[]): tf.TensorInfo {
  return { dataId: tf.engine().backend.write(values, shape, 'float32'), shape, dtype: 'float32' }
}
