import type { Kernel } from '../../kernel/open-kernel.ts'
import type { Trainable } from '../train-round.ts'
import { addNoise, drawDropout } from './dropout.ts'
import { kernelMlpGradients } from './kernel-mlp-gradients.ts'
import { type MlpSpec, shapedParameters } from './mlp-layout.ts'
import { plainMlpGradients } from './plain-mlp-gradients.ts'

/** Of the average that forecasts are made with: over some five hundred steps. */
const EMA_DECAY = 0.998

/**
 * A network on features as rounds train it, by the kernel, or in plain arithmetic where this machine runs none. A
 * batch's inputs are features, its truths the targets.
 */
export function mlpTrainable(spec: MlpSpec, kernel: Kernel | undefined): Trainable {
  const gradients = kernel ? kernelMlpGradients(kernel, spec) : plainMlpGradients(spec)
  let mask = new Float32Array(0)
  let noisy = new Float32Array(0)
  return {
    emaDecay: EMA_DECAY,
    lossAndGradient(parameters, { size, inputs, truth }, { gradient, noise }) {
      if (mask.length !== size * spec.hidden) mask = new Float32Array(size * spec.hidden)
      noise.state = drawDropout(mask, spec.dropout, noise.state)
      if (noisy.length !== inputs.length) noisy = new Float32Array(inputs.length)
      noisy.set(inputs)
      noise.state = addNoise(noisy, spec.noise, noise.state)
      return gradients(parameters, { size, x: noisy, mask, truth }, gradient)
    },
    shaped: (parameters) => shapedParameters(spec, parameters),
  }
}
