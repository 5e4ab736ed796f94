import type { NetworkSpec } from '../domain/weights.ts'
import type { TrainingResult, TrainingRound } from '../learn/trainer.ts'
import { alone, type BatchGradients } from './data-parallel.ts'
import { type EncodedBatch, encodeBatch } from './encoding.ts'
import type { NetworkGradients } from './gradient-types.ts'
import { networkGradients } from './network-gradients.ts'
import { roundsOf } from './training-rounds.ts'

/** A network in training, on the backend that has been started in this thread. */
export interface Training {
  train(round: TrainingRound): TrainingResult
  /** Frees every tensor. */
  dispose(): void
}

/** Begins anew from the seed: the same rounds in the same order give the same weights, bit for bit on one backend. */
export function beginTraining(spec: NetworkSpec, seed: number): Training {
  const network = networkGradients(spec, seed)
  return trainingWith({ spec, network, batchGradients: alone(network) })
}

export interface TrainingParts {
  readonly spec: NetworkSpec
  readonly network: NetworkGradients
  readonly batchGradients: BatchGradients
}

/** As `beginTraining`, with data-parallel workers that have been started. */
export function trainingWith({ spec, network, batchGradients }: TrainingParts): Training {
  // One batch's memory serves for all: of fresh ones the garbage collector would have as much to do as the encoder.
  let encoded: EncodedBatch | undefined
  const train = roundsOf({
    initial: network.initial,
    lossAndGradient(parameters, batch, { scaler, gradient }) {
      encoded = encodeBatch(batch, { spec, scaler, former: encoded })
      return batchGradients.lossAndGradient(parameters, encoded, gradient)
    },
    shaped: (parameters) => network.shaped(parameters),
  })
  return { train, dispose: () => network.dispose() }
}
