import type { Instant } from '../domain/instant.ts'
import type { ScalerSnapshot } from '../domain/lookback.ts'
import type { Weights } from '../domain/weights.ts'

/** Samples side by side, raw: shapes inputs [sample][step][channel], base [sample], issuedAt [sample], truth [sample][lead 24]. */
export interface Batch {
  readonly size: number
  readonly inputs: Float32Array
  readonly base: Float32Array
  readonly issuedAt: Float64Array
  readonly truth: Float32Array
}

/** One training round: some steps, each on a batch of its own, from the weights where the last round ended. */
export interface TrainingRound {
  /** Counts from 1; becomes the version of the weights it yields. */
  readonly round: number
  readonly requestedAt: Instant
  readonly scaler: ScalerSnapshot
  readonly learningRate: number
  readonly batches: readonly Batch[]
}

export interface TrainingResult {
  readonly weights: Weights
  /** Mean loss over the round's steps (mean absolute error in units of the target's scale); not finite: the round was rolled back. */
  readonly loss: number
  readonly steps: number
  readonly wallMs: number
}

/** Where AdamW stands: all of a network's parameters in one flat array, with what it remembers of each. Shapes: [parameter]. */
export interface OptimizerState {
  step: number
  readonly parameters: Float32Array
  readonly firstMoment: Float32Array
  readonly secondMoment: Float32Array
  /** The moving average of the parameters, which forecasts are made with. */
  readonly average: Float32Array
}

/** Where a network's training stands between two rounds. Plain data: what trains keeps nothing else. */
export interface TrainerState {
  readonly optimizer: OptimizerState
  /** As of the last round that did well: what a diverged network is rolled back to. */
  readonly lastGood: OptimizerState
  /** Running mean of the rounds' losses; undefined before the first. */
  readonly meanLoss: number | undefined
  /** Of the generator of dropout and noise; 0 where there are none. */
  readonly noise: number
}

export interface TrainedRound {
  readonly result: TrainingResult
  readonly state: TrainerState
}

/**
 * Works the rounds of one network off beside the stream. A round depends on nothing but what it is given, so that any
 * thread may work on it: the same state and round give the same weights, bit for bit.
 */
export interface RoundTrainer {
  /** What trains, in words: `fused kernel (relaxed SIMD)`. */
  readonly backend: string
  /** `state` is undefined before the first round: the network is drawn from its seed. */
  train(state: TrainerState | undefined, round: TrainingRound): Promise<TrainedRound>
}
