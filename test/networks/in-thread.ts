import { loadKernel } from '../../src/kernel/load-kernel.ts'
import type { TrainerState, TrainingResult, TrainingRound } from '../../src/learn/trainer.ts'
import { alone } from '../../src/networks/data-parallel.ts'
import { kernelNetworkGradients } from '../../src/networks/kernel-network-gradients.ts'
import { mlpTrainable } from '../../src/networks/mlp/mlp-training.ts'
import { initialTrainerState, type NetworkToTrain } from '../../src/networks/network-to-train.ts'
import { recurrentTrainable } from '../../src/networks/network-training.ts'
import { type Trainable, trainRound } from '../../src/networks/train-round.ts'

/** A network as it is trained by the kernel; one on features in plain arithmetic where `kernel` is undefined. */
export function trainableOf(network: NetworkToTrain, kernel = loadKernel()): Trainable {
  if (network.kind === 'mlp') return mlpTrainable(network.spec, kernel)
  if (!kernel) throw new Error('no build of the kernel runs here: npm run build')
  return recurrentTrainable(network.spec, alone(kernelNetworkGradients(kernel, network.spec)))
}

/** Trains in this thread, from nothing. */
export function beginTraining(
  network: NetworkToTrain,
  seed: number,
): (round: TrainingRound) => TrainingResult {
  return trainingFrom(trainableOf(network), initialTrainerState(network, seed))
}

/** Rounds one after the other, each from where the last one ended. */
export function trainingFrom(
  trainable: Trainable,
  initial: TrainerState,
): (round: TrainingRound) => TrainingResult {
  let state = initial
  return (round) => {
    const trained = trainRound(trainable, state, { round })
    state = trained.state
    return trained.result
  }
}
