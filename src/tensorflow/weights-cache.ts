import type * as tf from '@tensorflow/tfjs'
import type { Cell } from '../kernel/cell.ts'
import type { Kernel } from '../kernel/open-kernel.ts'
import { type PackedWeights, packWeights } from '../kernel/packed-weights.ts'
import { type WindowPass, windowPass } from '../kernel/window-pass.ts'
import { valuesOf } from './tensor-values.ts'

export interface WeightTensors {
  readonly kernel: tf.TensorInfo
  readonly recurrent: tf.TensorInfo
  readonly bias: tf.TensorInfo | undefined
}

/** More than the layers of a network, so that predictions between two steps of training pack nothing. */
const ENTRIES = 32

/** Weights in the kernel's memory. */
interface KnownWeights {
  readonly packed: PackedWeights
  /** The inference of single windows with them, for a cell that they fit. */
  window(cell: Cell, steps: number): WindowPass
}

export interface WeightsCache {
  of(cell: Cell, weights: WeightTensors): KnownWeights
  release(): void
}

/**
 * Weights as packed last, by the identity of their tensors' data, which TensorFlow.js never writes to: a prediction
 * with the same weights packs nothing, and a window after a window prepares nothing. The longest unused go first.
 */
export function weightsCache(kernel: Kernel): WeightsCache {
  const entries: Entry[] = []

  return {
    of(cell, weights) {
      const ids = [weights.kernel.dataId, weights.recurrent.dataId, weights.bias?.dataId]
      const known = entries.findIndex((entry) => entry.ids.every((id, index) => id === ids[index]))
      if (known === 0) return entries[0]!
      const entry = entries.splice(known, known < 0 ? 0 : 1)[0] ?? entryOf(kernel, cell, { ids, weights })
      entries.unshift(entry)
      if (entries.length > ENTRIES) entries.pop()?.release()
      return entry
    },
    release() {
      for (const entry of entries.splice(0)) entry.release()
    },
  }
}

interface Entry extends KnownWeights {
  readonly ids: readonly unknown[]
  release(): void
}

function entryOf(
  kernel: Kernel,
  cell: Cell,
  { ids, weights }: { readonly ids: readonly unknown[]; readonly weights: WeightTensors },
): Entry {
  const packed = packWeights(kernel, cell, {
    kernel: valuesOf(weights.kernel),
    recurrent: valuesOf(weights.recurrent),
    bias: weights.bias && valuesOf(weights.bias),
  })
  let last: { readonly cell: Cell; readonly steps: number; readonly pass: WindowPass } | undefined
  return {
    ids,
    packed,
    window(wanted, steps) {
      if (last?.steps === steps && sameCell(last.cell, wanted)) return last.pass
      last?.pass.release()
      last = { cell: wanted, steps, pass: windowPass(kernel, wanted, { steps, weights: packed }) }
      return last.pass
    },
    release() {
      last?.pass.release()
      packed.release()
    },
  }
}

/** Of cells that the same weights fit. */
function sameCell(one: Cell, other: Cell): boolean {
  return (
    one.goBackwards === other.goBackwards &&
    one.returnSequences === other.returnSequences &&
    one.gate === other.gate &&
    one.candidate === other.candidate
  )
}
