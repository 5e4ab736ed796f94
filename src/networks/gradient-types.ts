import type { WeightArray } from '../domain/weights.ts'
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

/** The loss at some parameters, in the shapes of `NetworkGradients.shaped`; its gradient with respect to each is written to `gradient`. */
export type LossAndGradient = (
  parameters: readonly WeightArray[],
  microBatch: MicroBatch,
  gradient: readonly WeightArray[],
) => number

/** The network in this thread, as a function from parameters and samples to loss and gradient. */
export interface NetworkGradients {
  /** As drawn from the seed, all in one array. */
  readonly initial: Float32Array
  /** Samples that a micro-batch had best have; undefined: as many as there are, a step costs hardly more with them. */
  readonly microBatchSize: number | undefined
  /** The loss at these parameters; its gradient with respect to each of them is written to `gradient`. */
  lossAndGradient(parameters: Float32Array, microBatch: MicroBatch, gradient: Float32Array): number
  /** Views of an array of parameters in the shapes of the network's weights, in their order. */
  shaped(parameters: Float32Array): WeightArray[]
  /** Frees every tensor. */
  dispose(): void
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
