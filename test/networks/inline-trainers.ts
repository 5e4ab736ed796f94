import { loadKernel } from '../../src/kernel/load-kernel.ts'
import type { RoundTrainer, TrainerState, TrainingResult, TrainingRound } from '../../src/learn/trainer.ts'
import { beginMlpTraining } from '../../src/networks/mlp/mlp-training.ts'
import type { NetworkToTrain } from '../../src/networks/network-to-train.ts'
import { beginTraining } from '../../src/networks/network-training.ts'
import { trainerStateAfter } from '../learn/rounds.ts'

/** One network's real training, in this thread. The one place that knows how a round is trained. */
export type TrainRound = (
  state: TrainerState | undefined,
  round: TrainingRound,
) => { readonly result: TrainingResult; readonly state: TrainerState }

export interface InlineTraining {
  readonly train: TrainRound
  dispose(): void
}

/** The backend of a recurrent network is to have been started. */
export function inlineTraining(network: NetworkToTrain): InlineTraining {
  const begin = (): { train: (round: TrainingRound) => TrainingResult; dispose(): void } =>
    network.kind === 'recurrent'
      ? beginTraining(network.spec, network.seed)
      : { train: beginMlpTraining({ ...network, kernel: loadKernel() }), dispose: () => undefined }
  let running = begin()
  let rounds = 0
  return {
    train(state, round) {
      if (state === undefined && rounds > 0) {
        running.dispose()
        running = begin()
      }
      rounds++
      return { result: running.train(round), state: trainerStateAfter(round.round) }
    },
    dispose: () => running.dispose(),
  }
}

/** As a pool's trainer. `meddle` may stand between the rounds and their training. */
export function inlineTrainer(
  { train }: Pick<InlineTraining, 'train'>,
  meddle: (train: TrainRound) => TrainRound = (train) => train,
): RoundTrainer {
  const trained = meddle(train)
  return { backend: 'inline', train: async (state, round) => trained(state, round) }
}
