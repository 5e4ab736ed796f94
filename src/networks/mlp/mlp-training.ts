import type { Kernel } from '../../kernel/open-kernel.ts'
import type { TrainingResult, TrainingRound } from '../../learn/trainer.ts'
import { roundsOf } from '../training-rounds.ts'
import { corruption } from './dropout.ts'
import { kernelSlopes } from './kernel-mlp-gradients.ts'
import { type DenseSpec, initialParameters, shapedParameters } from './mlp-layout.ts'
import { plainSlopes } from './plain-mlp-gradients.ts'

/** Forecasts are made with parameters averaged over some five hundred steps. */
const LONGEST_MEMORY = 0.998

export interface DenseTrainingOptions {
  readonly spec: DenseSpec
  readonly seed: number
  /** Undefined where this machine runs none. */
  readonly kernel: Kernel | undefined
}

/**
 * Begins anew from the seed: the same rounds in the same order give the same weights, bit for bit on one build of the
 * kernel. A batch's inputs are features, its truths what the network is to say.
 */
export function beginDenseTraining({
  spec,
  seed,
  kernel,
}: DenseTrainingOptions): (round: TrainingRound) => TrainingResult {
  const slopes = kernel ? kernelSlopes(kernel, spec) : plainSlopes(spec)
  const { drop, blur } = corruption(seed)
  let mask = new Float32Array(0)

  return roundsOf(
    {
      initial: initialParameters(spec, seed),
      lossAt(parameters, { size, inputs, truth }, { slope }) {
        if (mask.length !== size * spec.hidden) mask = new Float32Array(size * spec.hidden)
        drop(mask, spec.dropout)
        // The batch was given away to this training: it may be written to.
        blur(inputs, spec.noise)
        return slopes(parameters, { size, x: inputs, mask, truth }, slope)
      },
      shaped: (parameters) => shapedParameters(spec, parameters),
    },
    LONGEST_MEMORY,
  )
}
