import type { Instant } from '../domain/instant.ts'
import type { ScalerSnapshot } from '../domain/lookback.ts'
import type { NetworkSpec, Weights } from '../domain/weights.ts'

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
  /** Mean loss over the round's steps (mean absolute error in units of the target's scale); not finite: the round was undone. */
  readonly loss: number
  readonly steps: number
  readonly wallMs: number
}

/** What works rounds off behind the stream, in order: the real one runs in a worker thread. */
export interface RoundTrainer {
  /** What trains, with the reason where nothing better was to be had: `fused kernel (relaxed SIMD) within tfjs cpu`. */
  readonly engine: string
  train(round: TrainingRound): Promise<TrainingResult>
  /** Forget everything and begin anew from the seed: a new replay session. */
  reset(): Promise<void>
  close(): Promise<void>
}

/** The recurrent network's. */
export interface Trainer extends RoundTrainer {
  readonly spec: NetworkSpec
}
