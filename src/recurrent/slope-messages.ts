import type { NetworkSpec } from '../domain/weights.ts'
import type { EngineName } from './engine.ts'
import type { Share } from './shards.ts'

/** What a helper is started with. */
export interface HelperSetup {
  readonly spec: NetworkSpec
  readonly engine: EngineName
}

/** A helper's state while a batch is worked on, in shared memory. */
export const STATES = { idle: 0, working: 1, done: 2, failed: 3 } as const

/** What all threads of a team see. Batch arrays as of `EncodedBatch`, with room at the end. */
export interface SharedBatch {
  /** By helper. */
  readonly states: Int32Array<SharedArrayBuffer>
  readonly losses: Float64Array<SharedArrayBuffer>
  /** Shape [helper][parameter]. */
  readonly slopes: Float32Array<SharedArrayBuffer>
  readonly parameters: Float32Array<SharedArrayBuffer>
  readonly inputs: Float32Array<SharedArrayBuffer>
  readonly changes: Float32Array<SharedArrayBuffer>
  readonly known: Float32Array<SharedArrayBuffer>
}

export type ToHelper =
  | { readonly kind: 'memory'; readonly memory: SharedBatch }
  | {
      readonly kind: 'work'
      /** Among the helpers. */
      readonly index: number
      readonly share: Share
      readonly batchSize: number
      readonly knownCount: number
    }

export interface FromHelper {
  readonly kind: 'ready'
}
