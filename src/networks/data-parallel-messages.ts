import type { NetworkSpec } from '../domain/weights.ts'
import type { EncodedBatch } from './encoding.ts'
import type { SampleRange } from './micro-batches.ts'

/** What a data-parallel worker is started with. */
export interface DataParallelSetup {
  readonly spec: NetworkSpec
}

/** A worker's state while a batch is worked on, in shared memory. */
export const STATES = { idle: 0, working: 1, done: 2, failed: 3 } as const

/** What all threads see while they work on batches. */
export interface SharedBatch {
  /** Micro-batches that have been taken: one number. */
  readonly taken: Int32Array<SharedArrayBuffer>
  /** By worker. */
  readonly states: Int32Array<SharedArrayBuffer>
  readonly parameters: Float32Array<SharedArrayBuffer>
  /** By micro-batch. */
  readonly losses: Float64Array<SharedArrayBuffer>
  /** Shape [micro-batch][parameter]. */
  readonly gradients: Float32Array<SharedArrayBuffer>
}

export type ToDataParallelWorker =
  | { readonly kind: 'memory'; readonly memory: SharedBatch }
  | {
      readonly kind: 'work'
      /** Among the workers. */
      readonly index: number
      readonly batch: EncodedBatch
      readonly ranges: readonly SampleRange[]
    }

export interface FromDataParallelWorker {
  readonly kind: 'ready'
}
