import type { Instant } from './instant.ts'
import type { ScalerSnapshot } from './lookback.ts'

/** A network as asked for; what it is built from everywhere (trainer, inference, status, checkpoint). */
export interface NetworkSpec {
  readonly cell: 'gru' | 'lstm'
  /** Units of each stacked layer, the first one nearest the input. */
  readonly units: readonly number[]
  readonly bidirectional: boolean
  /** Steps of a lookback and time between them. */
  readonly steps: number
  readonly stepSpan: number
  readonly channels: number
  /** The target's place among the channels. */
  readonly target: number
  /** Of a network that knows of the hours ahead: columns of a step beside the channels. */
  readonly aheadColumns?: number
}

/** One array of weights with its shape, in the order of the TensorFlow.js model's `getWeights()`. */
export interface WeightArray {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** What a training round yields, whole: swapped in at once, with the scaler it was trained with. */
export interface Weights {
  /** Counts training rounds from 1; 0 is 'untrained'. */
  readonly version: number
  readonly trainedAt: Instant
  readonly scaler: ScalerSnapshot
  readonly arrays: readonly WeightArray[]
}
