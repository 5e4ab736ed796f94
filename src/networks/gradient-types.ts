import type { HeadWeights } from './head.ts'

/** Some samples of a batch as the network is trained on them; shapes as of `EncodedBatch`. */
export interface MicroBatch {
  readonly size: number
  readonly inputs: Float32Array
  readonly changes: Float32Array
  readonly known: Float32Array
  /** Known truths of the whole batch, which the loss is the mean over: the losses of a batch's micro-batches add up. */
  readonly knownCount: number
}

/** A recurrent network as a function from parameters and samples to loss and gradient. */
export interface NetworkGradients {
  /** How many. */
  readonly parameters: number
  /** Samples that a micro-batch has at most. */
  readonly microBatchSize: number
  /** The loss at these parameters; its gradient with respect to each of them is written to `gradient`. */
  lossAndGradient(parameters: Float32Array, microBatch: MicroBatch, gradient: Float32Array): number
}

export interface HeadPass {
  /** Last states. Shape [sample][state]. */
  readonly states: Float32Array
  readonly weights: HeadWeights
  readonly microBatch: MicroBatch
  /** The gradients of the weights are written to these. */
  readonly gradients: HeadWeights
}

export interface HeadOutcome {
  /** The micro-batch's part of the batch's mean absolute error over known truths. */
  readonly loss: number
  /** Its gradients by the states. Shape [sample][state]. */
  readonly states: Float32Array
}

/** The forward and backward pass through the head: the loss, and its gradients by the weights and by the states. */
export type HeadGradients = (pass: HeadPass) => HeadOutcome
