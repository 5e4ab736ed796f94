import type { OptimizerState, TrainerState, TrainingResult, TrainingRound } from '../learn/trainer.ts'
import type { NetworkToTrain } from './network-to-train.ts'

/** A training thread is asked for one round at a time, of any network. */
export type ToTrainerWorker = {
  readonly kind: 'train'
  readonly network: NetworkToTrain
  readonly state: TrainerState
  readonly spare: OptimizerState | undefined
  readonly round: TrainingRound
}

export type FromTrainerWorker =
  /** What trains, in words. */
  | { readonly kind: 'ready'; readonly engine: string }
  /** Nothing here can train: for a person, as in a `TickcastError`. */
  | { readonly kind: 'no_engine'; readonly message: string }
  | {
      readonly kind: 'trained'
      readonly state: TrainerState
      readonly spare: OptimizerState | undefined
      readonly result: TrainingResult
    }
  | { readonly kind: 'failed'; readonly message: string }
