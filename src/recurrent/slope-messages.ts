import type { NetworkSpec } from '../domain/weights.ts'
import type { EncodedBatch } from './encode.ts'
import type { EngineName } from './engine.ts'
import type { Share } from './shards.ts'

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
