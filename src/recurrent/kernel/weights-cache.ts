import type * as tf from '@tensorflow/tfjs'
import type { Cell } from './cell.ts'
import type { Kernel } from './open.ts'
import { type PackedWeights, packWeights } from './packed-weights.ts'
import { valuesOf } from './tensor-values.ts'

export interface WeightTensors {
  readonly kernel: tf.TensorInfo
  readonly recurrent: tf.TensorInfo
  readonly bias: tf.TensorInfo | undefined
}

/** More than the layers of a network, so that predictions between two steps of training pack nothing. */
const ENTRIES = 32

export interface WeightsCache {
  of(cell: Cell, weights: WeightTensors): PackedWeights
  release(): void
}

/**
 * Weights as packed last, by the identity of their tensors' data, which TensorFlow.js never writes to: a prediction
 * with the same weights packs nothing. The longest unused go first.
 */
export function weightsCache(kernel: Kernel): WeightsCache {
  const entries: { readonly ids: readonly unknown[]; readonly packed: PackedWeights }[] = []

  return {
    of(cell, weights) {
      const ids = [weights.kernel.dataId, weights.recurrent.dataId, weights.bias?.dataId]
      const known = entries.findIndex((entry) => entry.ids.every((id, index) => id === ids[index]))
      const entry = entries.splice(known, known < 0 ? 0 : 1)[0] ?? {
        ids,
        packed: packWeights(kernel, cell, {
          kernel: valuesOf(weights.kernel),
          recurrent: valuesOf(weights.recurrent),
          bias: weights.bias && valuesOf(weights.bias),
        }),
      }
      entries.unshift(entry)
      if (entries.length > ENTRIES) entries.pop()?.packed.release()
      return entry.packed
    },
    release() {
      for (const { packed } of entries.splice(0)) packed.release()
    },
  }
}
