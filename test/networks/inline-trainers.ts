import type { RoundTrainer, TrainedRound, TrainerState, TrainingRound } from '../../src/learn/trainer.ts'
import { initialTrainerState, type NetworkToTrain } from '../../src/networks/network-to-train.ts'
import { trainRound } from '../../src/networks/train-round.ts'
import { trainableOf } from './in-thread.ts'

/** A network's real training, in this thread: a function of state and round. */
export type TrainRound = (state: TrainerState | undefined, round: TrainingRound) => TrainedRound

export function inlineTraining(network: NetworkToTrain, seed: number): TrainRound {
  const trainable = trainableOf(network)
  return (state = initialTrainerState(network, seed), round) => {
    const { result, state: next } = trainRound(trainable, state, { round })
    return { result, state: next }
  }
}

/** As a pool's trainer. `meddle` may stand between the rounds and their training. */
export function inlineTrainer(
  train: TrainRound,
  meddle: (train: TrainRound) => TrainRound = (train) => train,
): RoundTrainer {
  const meddled = meddle(train)
  return { engine: 'inline', train: async (state, round) => meddled(state, round) }
}
