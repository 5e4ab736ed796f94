import * as tf from '@tensorflow/tfjs'
import type { Kernel } from '../../src/kernel/open-kernel.ts'
import { fuse } from '../../src/tensorflow/fuse.ts'

export interface MemoryCounts {
  readonly tensors: number
  readonly dataBuffers: number
  readonly kernelBytes: number
  readonly kernelHeld: number
}

/** Trains, evaluates without a backward pass, and predicts so many times, and says what is held after each tenth. */
export function trainAndCount(kernel: Kernel, steps: number): MemoryCounts[] {
  const model = fuse(
    tf.sequential({
      layers: [
        tf.layers.bidirectional({
          layer: tf.layers.gru({
            units: 5,
            returnSequences: true,
            dropout: 0.2,
            recurrentDropout: 0.2,
          }) as tf.RNN,
          inputShape: [6, 3],
        }),
        tf.layers.lstm({ units: 4 }),
        tf.layers.dense({ units: 1 }),
      ],
    }),
  )
  const optimizer = tf.train.adam(0.001)
  const counts: MemoryCounts[] = []
  for (let step = 1; step <= steps; step++) {
    tf.tidy(() => {
      const x = tf.randomNormal([4, 6, 3], 0, 1, 'float32', step)
      const loss = (): tf.Scalar => (model.apply(x, { training: true }) as tf.Tensor).square().mean()
      optimizer.minimize(loss)
      // A tape that nobody differentiates along.
      if (step % 7 === 0) tf.variableGrads(() => loss().mul(0).add(model.trainableWeights[0]!.read().sum()))
      model.predict(x.slice([0, 0, 0], [1, 6, 3]))
    })
    if (step % (steps / 10) !== 0) continue
    counts.push({
      tensors: tf.memory().numTensors,
      dataBuffers: tf.memory().numDataBuffers,
      kernelBytes: kernel.heap.size(),
      kernelHeld: kernel.heap.held(),
    })
  }
  model.dispose()
  optimizer.dispose()
  return counts
}
