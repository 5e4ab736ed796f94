import type { NetworkSpec } from '../domain/weights.ts'
import type { TrainingResult, TrainingRound } from '../learn/trainer.ts'
import type { BackendChoice } from '../tensorflow/backend-choice.ts'

/** A network to train. */
export interface Asked {
  readonly spec: NetworkSpec
  readonly seed: number
}

/** What the worker is started with. */
export interface TrainerSetup {
  readonly networks: readonly Asked[]
  readonly engine: BackendChoice
  /** That work on each batch together. */
  readonly threads: number
}

/** `network` counts those that the worker was started with. */
export type ToWorker =
  | { readonly kind: 'train'; readonly id: number; readonly network: number; readonly round: TrainingRound }
  | { readonly kind: 'reset'; readonly id: number; readonly network: number }

export type FromWorker =
  | { readonly kind: 'ready'; readonly engine: string }
  /** No engine started: for a person, as `TickcastError` says it. */
  | { readonly kind: 'no_engine'; readonly message: string }
  | { readonly kind: 'trained'; readonly id: number; readonly result: TrainingResult }
  | { readonly kind: 'was_reset'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
