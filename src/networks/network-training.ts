import type { NetworkSpec } from '../domain/weights.ts'
import type { TrainingResult, TrainingRound } from '../learn/trainer.ts'
import { alone, type SlopeTeam } from './data-parallel.ts'
import { type EncodedBatch, encodeBatch } from './encoding.ts'
import { type NetworkSlopes, networkSlopes } from './network-gradients.ts'
import { roundsOf } from './training-rounds.ts'

/** A network in training, on the engine that has been started in this thread. */
export interface Training {
  train(round: TrainingRound): TrainingResult
  /** Frees every tensor. */
  dispose(): void
}

/** Begins anew from the seed: the same rounds in the same order give the same weights, bit for bit on one engine. */
export function beginTraining(spec: NetworkSpec, seed: number): Training {
  const network = networkSlopes(spec, seed)
  return trainingWith({ spec, network, team: alone(network) })
}

export interface TrainingParts {
  readonly spec: NetworkSpec
  readonly network: NetworkSlopes
  readonly team: SlopeTeam
}

/** As `beginTraining`, with a team that has been started. */
export function trainingWith({ spec, network, team }: TrainingParts): Training {
  // One batch's memory serves for all: of fresh ones the garbage collector would have as much to do as the encoder.
  let encoded: EncodedBatch | undefined
  const train = roundsOf({
    initial: network.initial,
    lossAt(parameters, batch, { scaler, slope }) {
      encoded = encodeBatch(batch, { spec, scaler, former: encoded })
      return team.lossAt(parameters, encoded, slope)
    },
    shaped: (parameters) => network.shaped(parameters),
  })
  return { train, dispose: () => network.dispose() }
}
