import * as tf from '@tensorflow/tfjs'

/**
 * Lets a stock embedding layer look words up by copying rows, with a gradient that adds gradients up row by row. The
 * library's own backward pass is UnsortedSegmentSum, which the wasm backend lacks and the cpu backend computes by going
 * through all inputs once for every word. Returns its argument.
 */
export function withRowGradient(layer: tf.layers.Layer): tf.layers.Layer {
  layer.call = (inputs) => {
    const tokens = Array.isArray(inputs) ? inputs[0]! : inputs
    return embedded(layer.getWeights()[0]!, tokens)
  }
  return layer
}

/** Rows of a table, shape [word][width], for tokens of shape [sample][place]: [sample][place][width]. */
export function embedded(table: tf.Tensor, tokens: tf.Tensor): tf.Tensor {
  const [words = 0, width = 0] = table.shape
  const [samples = 0, places = 0] = tokens.shape
  const lookUp = tf.customGrad((...given) => {
    const [rows] = given
    if (!(rows instanceof tf.Tensor)) throw new Error('an embedding is looked up in a tensor')
    const ids = tokens.dataSync<'int32'>().slice()
    return {
      value: tf.tensor3d(rowsOf(rows.dataSync<'float32'>(), { ids, width }), [samples, places, width]),
      gradFunc: (gradients: tf.Tensor) =>
        tf.tensor2d(rowSums(gradients.dataSync<'float32'>(), { ids, width, words }), [words, width]),
    }
  })
  return lookUp(table)
}

interface Rows {
  readonly ids: Int32Array
  readonly width: number
}

function rowsOf(table: Float32Array, { ids, width }: Rows): Float32Array {
  const out = new Float32Array(ids.length * width)
  for (let place = 0; place < ids.length; place++) {
    const from = ids[place]! * width
    const to = place * width
    for (let column = 0; column < width; column++) out[to + column] = table[from + column]!
  }
  return out
}

function rowSums(
  gradients: Float32Array,
  { ids, width, words }: Rows & { readonly words: number },
): Float32Array {
  const sums = new Float32Array(words * width)
  for (let place = 0; place < ids.length; place++) {
    const from = place * width
    const to = ids[place]! * width
    for (let column = 0; column < width; column++) sums[to + column]! += gradients[from + column]!
  }
  return sums
}
