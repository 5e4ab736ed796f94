import type { NetworkSpec } from '../domain/weights.ts'
import type { EngineName } from '../tensorflow/backend-choice.ts'
import type { EncodedBatch } from './encoding.ts'
import type { Share } from './micro-batches.ts'

/** What a helper is started with. */
export interface HelperSetup {
  readonly spec: NetworkSpec
  readonly engine: EngineName
}

/** A helper's state while a batch is worked on, in shared memory. */
export const STATES = { idle: 0, working: 1, done: 2, failed: 3 } as const

/** What all threads of a team see while they work on batches. */
export interface SharedWork {
  /** Shares of the batch that have been taken: one number. */
  readonly taken: Int32Array<SharedArrayBuffer>
  /** By helper. */
  readonly states: Int32Array<SharedArrayBuffer>
  readonly parameters: Float32Array<SharedArrayBuffer>
  /** By share. */
  readonly losses: Float64Array<SharedArrayBuffer>
  /** Shape [share][parameter]. */
  readonly slopes: Float32Array<SharedArrayBuffer>
}

export type ToHelper =
  | { readonly kind: 'memory'; readonly memory: SharedWork }
  | {
      readonly kind: 'work'
      /** Among the helpers. */
      readonly index: number
      readonly batch: EncodedBatch
      readonly shares: readonly Share[]
    }

export interface FromHelper {
  readonly kind: 'ready'
}
