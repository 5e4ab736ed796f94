import type { NetworkSpec } from '../domain/weights.ts'
import type { TrainerState } from '../learn/trainer.ts'
import { initialNetwork } from './initial-weights.ts'
import { initialNoise } from './mlp/dropout.ts'
import { initialMlp, type MlpSpec } from './mlp/mlp-layout.ts'
import { untrainedState } from './trainer-state.ts'

/** A network that a training thread can train, whatever its kind. */
export type NetworkToTrain =
  | {
      readonly kind: 'recurrent'
      readonly spec: NetworkSpec
      /** That work on each batch together; default 1. The weights are the same bits for any count. */
      readonly threads?: number
    }
  | { readonly kind: 'mlp'; readonly spec: MlpSpec }

/** Before the first round, drawn from the seed: the same one gives the same state. */
export function initialTrainerState(network: NetworkToTrain, seed: number): TrainerState {
  switch (network.kind) {
    case 'recurrent':
      return untrainedState(initialNetwork(network.spec, seed))
    case 'mlp':
      return untrainedState(initialMlp(network.spec, seed), initialNoise(seed))
  }
}
