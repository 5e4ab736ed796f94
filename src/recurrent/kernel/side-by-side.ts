import * as tf from '@tensorflow/tfjs'

/**
 * What both directions say, side by side: shapes [sample][unit] or [sample][step][unit], of the same size each. Steps
 * of `back` are in its own order, the last first. TensorFlow.js's operations do the same, but on the way back its cpu
 * backend copies number by number.
 */
export function sideBySide(ahead: tf.Tensor, back: tf.Tensor): tf.Tensor {
  const { shape } = ahead
  const width = shape.at(-1)!
  const steps = shape.length > 2 ? shape[1]! : 1
  const joinedShape = [...shape.slice(0, -1), 2 * width]

  const join = (): tf.Tensor => {
    const [first, second] = [ahead.dataSync<'float32'>(), back.dataSync<'float32'>()]
    const joined = new Float32Array(2 * first.length)
    eachRow(joined.length / (2 * width), steps, (row, turned) => {
      for (let unit = 0; unit < width; unit++) {
        joined[2 * row * width + unit] = first[row * width + unit]!
        joined[(2 * row + 1) * width + unit] = second[turned * width + unit]!
      }
    })
    return tf.tensor(joined, joinedShape)
  }
  const part = (slope: tf.Tensor): tf.Tensor[] => {
    const slopes = slope.dataSync<'float32'>()
    const [ofFirst, ofSecond] = [new Float32Array(slopes.length / 2), new Float32Array(slopes.length / 2)]
    eachRow(slopes.length / (2 * width), steps, (row, turned) => {
      for (let unit = 0; unit < width; unit++) {
        ofFirst[row * width + unit] = slopes[2 * row * width + unit]!
        ofSecond[turned * width + unit] = slopes[(2 * row + 1) * width + unit]!
      }
    })
    return [tf.tensor(ofFirst, shape), tf.tensor(ofSecond, shape)]
  }
  // Nobody goes back where no tape records, and a window's prediction is quicker without the preparations for it.
  if (!tf.engine().isTapeOn()) return join()
  return tf.customGrad<tf.Tensor>(() => ({ value: join(), gradFunc: part }))(ahead, back)
}

/** Every row's number, and that of the row in its place when each sample's steps are turned around. */
function eachRow(rows: number, steps: number, visit: (row: number, turned: number) => void): void {
  for (let row = 0; row < rows; row++) {
    visit(row, row + steps - 1 - 2 * (row % steps))
  }
}
