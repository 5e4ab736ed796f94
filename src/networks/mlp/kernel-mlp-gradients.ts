import { LEADS } from '../../domain/forecast.ts'
import { FLOAT_BYTES } from '../../kernel/kernel-heap.ts'
import { MLP_FIELDS, writeMlpStep } from '../../kernel/mlp-fields.ts'
import type { Kernel } from '../../kernel/open-kernel.ts'
import type { MlpGradients } from './mlp-gradient-types.ts'
import { layoutOf, type MlpSpec } from './mlp-layout.ts'

/** By the kernel: a step of 128 samples takes half a millisecond, and no memory but the kernel's. */
export function kernelMlpGradients({ run, heap }: Kernel, spec: MlpSpec): MlpGradients {
  const { inputs, hidden } = spec
  const layout = layoutOf(spec)

  return (parameters, { size, x, mask, truth }, gradient) => {
    const regions = {
      parameters: heap.take(layout.size),
      gradient: heap.take(layout.size),
      x: heap.take(x.length),
      mask: heap.take(mask.length),
      truth: heap.take(truth.length),
      firstPanels: heap.take(inputs * hidden),
      secondPanels: heap.take(hidden * LEADS),
      backPanels: heap.take(hidden * LEADS),
      derivatives: heap.take(size * hidden),
      active: heap.take(size * hidden),
      predicted: heap.take(size * LEADS),
      deltas: heap.take(size * hidden),
      fields: heap.take(MLP_FIELDS.length),
    }
    const { firstPanels, secondPanels, backPanels } = regions
    const floats = heap.floats()
    const put = (values: Float32Array, at: number): void => floats.set(values, at / FLOAT_BYTES)
    put(parameters, regions.parameters.at)
    put(x, regions.x.at)
    put(mask, regions.mask.at)
    put(truth, regions.truth.at)
    const gradientAt = regions.gradient.at / FLOAT_BYTES
    floats.fill(0, gradientAt, gradientAt + layout.size)

    const first = regions.parameters.at
    const second = first + layout.second * FLOAT_BYTES
    const [unitRow, leadRow] = [hidden * FLOAT_BYTES, LEADS * FLOAT_BYTES]
    run.packPanels(hidden, hidden, inputs, first, unitRow, FLOAT_BYTES, firstPanels.at, inputs, 0)
    run.packPanels(LEADS, LEADS, hidden, second, leadRow, FLOAT_BYTES, secondPanels.at, hidden, 0)
    run.packPanels(hidden, hidden, LEADS, second, FLOAT_BYTES, leadRow, backPanels.at, LEADS, 0)
    writeMlpStep(floats, regions.fields.at, {
      samples: size,
      inputs,
      hidden,
      outputs: LEADS,
      x: regions.x.at,
      mask: regions.mask.at,
      truth: regions.truth.at,
      firstPanels: firstPanels.at,
      firstBias: first + layout.firstBias * FLOAT_BYTES,
      secondPanels: secondPanels.at,
      secondBias: first + layout.secondBias * FLOAT_BYTES,
      backPanels: backPanels.at,
      derivatives: regions.derivatives.at,
      active: regions.active.at,
      predicted: regions.predicted.at,
      deltas: regions.deltas.at,
      firstGradient: regions.gradient.at,
      firstBiasGradient: regions.gradient.at + layout.firstBias * FLOAT_BYTES,
      secondGradient: regions.gradient.at + layout.second * FLOAT_BYTES,
      secondBiasGradient: regions.gradient.at + layout.secondBias * FLOAT_BYTES,
    })
    const loss = run.mlpStep(regions.fields.at)
    gradient.set(floats.subarray(gradientAt, gradientAt + layout.size))
    for (const region of Object.values(regions)) heap.give(region)
    return loss
  }
}
