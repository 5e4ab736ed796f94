import * as tf from '@tensorflow/tfjs'
import type { LayerGradients } from '../kernel/backward-pass.ts'
import type { Kept } from '../kernel/forward-pass.ts'

/** A forward pass that may still have its backward pass. */
export interface KeptPass {
  readonly kept: Kept
  /** What the backward pass gave, by the gradient of the output that it began with. */
  gradients: { readonly of: tf.DataId; values: LayerGradients } | undefined
}

export interface KeptPasses {
  /** Keeps a pass for as long as the tape that is recording; gives a ticket for it, a scalar. */
  keep(kept: Kept): tf.TensorInfo
  find(ticket: tf.TensorInfo): KeptPass
  /** Releases the passes of tapes that are over. */
  sweep(): void
  /** Releases all of them: nobody differentiates along their tapes any more. */
  release(): void
}

/**
 * Activations stay in the kernel's memory; on TensorFlow.js's tape goes a ticket for them, a tensor with a number.
 * They live as long as that tape, whether anybody differentiates along it or not: every outermost `grad` begins a new one
 * and forgets it at its end, and the next pass finds the memory free. (Not as long as the ticket's data: the wasm
 * backend copies what it saves for gradients.)
 */
export function keptPasses(): KeptPasses {
  const passes = new Map<number, KeptPass & { readonly tape: unknown }>()
  let last = 0

  const releaseWhere = (over: (tape: unknown) => boolean): void => {
    for (const [number, { kept, tape }] of passes) {
      if (!over(tape)) continue
      kept.release()
      passes.delete(number)
    }
  }

  return {
    keep(kept) {
      const { backend, state } = tf.engine()
      last = (last + 1) % 2 ** 31
      passes.set(last, { kept, tape: state.activeTape, gradients: undefined })
      return { dataId: backend.write(Int32Array.of(last), [], 'int32'), shape: [], dtype: 'int32' }
    },
    find({ dataId }) {
      const number = tf.engine().backend.readSync(dataId)[0]
      const pass = passes.get(Number(number))
      if (!pass) throw new Error('a gradient was asked for whose forward pass the fused kernel does not know')
      return pass
    },
    sweep() {
      const { activeTape } = tf.engine().state
      releaseWhere((tape) => tape !== activeTape)
    },
    release: () => releaseWhere(() => true),
  }
}
