import * as tf from '@tensorflow/tfjs'

/**
 * A tensor's numbers, from whichever backend runs; not to be written to. On the wasm backend they are a view of its
 * memory, good until it computes again: a copy of all inputs of a step would take longer than its optimiser.
 */
export function valuesOf(tensor: tf.TensorInfo): Float32Array {
  const { backend } = tf.engine()
  const values = ownsHeap(backend) ? backend.typedArrayFromHeap(tensor) : backend.readSync(tensor.dataId)
  if (values instanceof Float32Array) return values
  throw new TypeError('the values of a float32 tensor are no Float32Array')
}

/** A tensor of the backend that runs; the numbers are given away. */
export function tensorInfo(values: Float32Array, shape: number[]): tf.TensorInfo {
  return { dataId: tf.engine().backend.write(values, shape, 'float32'), shape, dtype: 'float32' }
}

/** The same of numbers that are lent: the wasm backend copies them to its memory, the cpu backend would keep them. */
export function tensorInfoOfView(view: Float32Array, shape: number[]): tf.TensorInfo {
  return tensorInfo(ownsHeap(tf.engine().backend) ? view : view.slice(), shape)
}

/** The wasm backend; the library declares this method, but not the class in its entry point. */
interface HeapBackend {
  typedArrayFromHeap(tensor: tf.TensorInfo): unknown
}

function ownsHeap<Backend extends object>(backend: Backend): backend is Backend & HeapBackend {
  return 'typedArrayFromHeap' in backend
}
