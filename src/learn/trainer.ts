import type { Instant } from '../domain/instant.ts'
import type { ScalerSnapshot } from '../domain/lookback.ts'
import type { Weights } from '../domain/weights.ts'

/** Samples side by side, raw, in memory that every thread sees and none writes to: shapes inputs [sample][step][channel], base [sample], issuedAt [sample], truth [sample][lead 24]. */
export interface Batch {
  readonly size: number
  readonly inputs: Float32Array
  readonly base: Float32Array
  readonly issuedAt: Float64Array
  readonly truth: Float32Array
  /** Of networks that know of the hours ahead: their base by lead, which `base` is not, and columns. Shape [sample][lead 24, then step × column]. */
  readonly lookahead?: Float32Array
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
}

/**
 * Where AdamW stands, as plain data: all of a network's parameters in one flat array, with what the optimiser remembers
 * of each. All arrays are as long as the parameters.
 */
export interface OptimizerState {
  /** Steps taken. */
  step: number
  readonly parameters: Float32Array
  readonly firstMoment: Float32Array
  readonly secondMoment: Float32Array
  /** Exponential moving average of the parameters (Polyak and Juditsky 1992): what forecasts are made with. */
  readonly average: Float32Array
}

/**
 * Where the training of a network stands between two rounds, as plain data: with it and the next round any thread goes
 * on, to the same bits. The two optimiser states may be one and the same object.
 */
export interface TrainerState {
  readonly optimizer: OptimizerState
  /** The last good checkpoint: training that has diverged goes back to it. */
  readonly lastGood: OptimizerState
  /** Running mean of the rounds' losses; null before the first. */
  readonly runningMean: number | null
  /** Where the generator of dropout and noise stands: 32 bits. */
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
  readonly engine: string
  /**
   * `state` is undefined before the first round: the network is drawn from its seed. Any number of rounds may begin from
   * one state, until one is trained from a state after it: from then on its memory may be used anew. Whoever wants to go
   * back further keeps states written out.
   */
  train(state: TrainerState | undefined, round: TrainingRound): Promise<TrainedRound>
}
