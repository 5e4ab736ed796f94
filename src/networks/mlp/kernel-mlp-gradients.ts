import { LEADS } from '../../domain/forecast.ts'
import { DENSE_FIELDS, writeDenseStep } from '../../kernel/mlp-fields.ts'
import type { Kernel } from '../../kernel/open-kernel.ts'
import type { DenseSlopes } from './mlp-gradient-types.ts'
import { type DenseSpec, layoutOf } from './mlp-layout.ts'

const FLOAT = Float32Array.BYTES_PER_ELEMENT

/** By the kernel: a step of 128 samples takes half a millisecond, and no memory but the kernel's. */
export function kernelSlopes({ run, heap }: Kernel, spec: DenseSpec): DenseSlopes {
  const { inputs, hidden } = spec
  const layout = layoutOf(spec)

  return (parameters, { size, x, mask, truth }, slope) => {
    const regions = {
      parameters: heap.take(layout.size),
      slope: heap.take(layout.size),
      x: heap.take(x.length),
      mask: heap.take(mask.length),
      truth: heap.take(truth.length),
      firstPanels: heap.take(inputs * hidden),
      secondPanels: heap.take(hidden * LEADS),
      backPanels: heap.take(hidden * LEADS),
      bends: heap.take(size * hidden),
      active: heap.take(size * hidden),
      said: heap.take(size * LEADS),
      deltas: heap.take(size * hidden),
      fields: heap.take(DENSE_FIELDS),
    }
    const { firstPanels, secondPanels, backPanels } = regions
    const floats = heap.floats()
    const put = (values: Float32Array, at: number): void => floats.set(values, at / FLOAT)
    put(parameters, regions.parameters.at)
    put(x, regions.x.at)
    put(mask, regions.mask.at)
    put(truth, regions.truth.at)
    const slopeAt = regions.slope.at / FLOAT
    floats.fill(0, slopeAt, slopeAt + layout.size)

    const first = regions.parameters.at
    const second = first + layout.second * FLOAT
    const [unitRow, leadRow] = [hidden * FLOAT, LEADS * FLOAT]
    run.packPanels(hidden, hidden, inputs, first, unitRow, FLOAT, firstPanels.at, inputs, 0)
    run.packPanels(LEADS, LEADS, hidden, second, leadRow, FLOAT, secondPanels.at, hidden, 0)
    run.packPanels(hidden, hidden, LEADS, second, FLOAT, leadRow, backPanels.at, LEADS, 0)
    writeDenseStep(floats, regions.fields.at, {
      samples: size,
      inputs,
      hidden,
      outputs: LEADS,
      x: regions.x.at,
      mask: regions.mask.at,
      truth: regions.truth.at,
      firstPanels: firstPanels.at,
      firstBias: first + layout.firstBias * FLOAT,
      secondPanels: secondPanels.at,
      secondBias: first + layout.secondBias * FLOAT,
      backPanels: backPanels.at,
      bends: regions.bends.at,
      active: regions.active.at,
      said: regions.said.at,
      deltas: regions.deltas.at,
      firstSlope: regions.slope.at,
      firstBiasSlope: regions.slope.at + layout.firstBias * FLOAT,
      secondSlope: regions.slope.at + layout.second * FLOAT,
      secondBiasSlope: regions.slope.at + layout.secondBias * FLOAT,
    })
    const loss = run.denseStep(regions.fields.at)
    slope.set(floats.subarray(slopeAt, slopeAt + layout.size))
    for (const region of Object.values(regions)) heap.give(region)
    return loss
  }
}
