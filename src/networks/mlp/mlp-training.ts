import type { Kernel } from '../../kernel/open-kernel.ts'
import type { TrainingResult, TrainingRound } from '../../learn/trainer.ts'
import { roundsOf } from '../training-rounds.ts'
import { regularisation } from './dropout.ts'
import { kernelMlpGradients } from './kernel-mlp-gradients.ts'
import { initialParameters, type MlpSpec, shapedParameters } from './mlp-layout.ts'
import { plainMlpGradients } from './plain-mlp-gradients.ts'

/** Forecasts are made with parameters averaged over some five hundred steps. */
const EMA_DECAY = 0.998

export interface MlpTrainingOptions {
  readonly spec: MlpSpec
  readonly seed: number
  /** Undefined where this machine runs none. */
  readonly kernel: Kernel | undefined
}

/**
 * Begins anew from the seed: the same rounds in the same order give the same weights, bit for bit on one build of the
 * kernel. A batch's inputs are features, its truths the targets.
 */
export function beginMlpTraining({
  spec,
  seed,
  kernel,
}: MlpTrainingOptions): (round: TrainingRound) => TrainingResult {
  const gradients = kernel ? kernelMlpGradients(kernel, spec) : plainMlpGradients(spec)
  const { dropout, addNoise } = regularisation(seed)
  let mask = new Float32Array(0)

  return roundsOf(
    {
      initial: initialParameters(spec, seed),
      lossAndGradient(parameters, { size, inputs, truth }, { gradient }) {
        if (mask.length !== size * spec.hidden) mask = new Float32Array(size * spec.hidden)
        dropout(mask, spec.dropout)
        // The batch was given away to this training: it may be written to.
        addNoise(inputs, spec.noise)
        return gradients(parameters, { size, x: inputs, mask, truth }, gradient)
      },
      shaped: (parameters) => shapedParameters(spec, parameters),
    },
    EMA_DECAY,
  )
}
