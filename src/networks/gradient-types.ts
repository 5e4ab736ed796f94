import type { HeadWeights } from './head.ts'
import type { Shard } from './network-gradients.ts'

export interface HeadPass {
  /** Last states. Shape [sample][state]. */
  readonly states: Float32Array
  readonly weights: HeadWeights
  readonly shard: Shard
  /** The slopes of the weights are written to these. */
  readonly slopes: HeadWeights
}

export interface HeadOutcome {
  /** The shard's part of the batch's mean absolute error over known truths. */
  readonly loss: number
  /** Its slopes by the states. Shape [sample][state]. */
  readonly states: Float32Array
}

/** There and back through the head: the loss, and its slopes by the weights and by the states. */
export type HeadSlopes = (pass: HeadPass) => HeadOutcome
