import { LEADS } from '../../domain/forecast.ts'
import type { WeightArray } from '../../domain/weights.ts'
import { DENSE_FIELDS, writeDenseStep } from '../../kernel/mlp-fields.ts'
import type { Kernel } from '../../kernel/open-kernel.ts'
import { type DensePredictor, denseParts, refuseUnfit } from './mlp-predictor.ts'

const FLOAT = Float32Array.BYTES_PER_ELEMENT

/** As `plainDense`, by the kernel: some microseconds a row. It holds the kernel's memory until released. */
export function kernelDense({ run, heap }: Kernel, arrays: readonly WeightArray[]): DensePredictor {
  const { kernel, bias, head, headBias, inputs } = denseParts(arrays)
  const hidden = bias.length
  const regions = {
    x: heap.take(inputs),
    firstPanels: heap.take(inputs * hidden),
    firstBias: heap.take(hidden),
    secondPanels: heap.take(hidden * LEADS),
    secondBias: heap.take(LEADS),
    bends: heap.take(hidden),
    active: heap.take(hidden),
    said: heap.take(LEADS),
  }
  const fields = heap.take(DENSE_FIELDS)
  const rows = heap.take(Math.max(kernel.length, head.length))
  const floats = heap.floats()
  const { x, firstPanels, firstBias, secondPanels, secondBias, said } = regions
  floats.set(bias, firstBias.at / FLOAT)
  floats.set(headBias, secondBias.at / FLOAT)
  floats.set(kernel, rows.at / FLOAT)
  run.packPanels(hidden, hidden, inputs, rows.at, hidden * FLOAT, FLOAT, firstPanels.at, inputs, 0)
  floats.set(head, rows.at / FLOAT)
  run.packPanels(LEADS, LEADS, hidden, rows.at, LEADS * FLOAT, FLOAT, secondPanels.at, hidden, 0)
  heap.give(rows)
  const places = Object.fromEntries(Object.entries(regions).map(([name, { at }]) => [name, at]))
  writeDenseStep(floats, fields.at, { samples: 1, inputs, hidden, outputs: LEADS, ...places })

  return {
    say(features) {
      refuseUnfit(features, inputs)
      const memory = heap.floats()
      memory.set(features, x.at / FLOAT)
      run.denseForward(fields.at)
      return Float64Array.from(memory.subarray(said.at / FLOAT, said.at / FLOAT + LEADS))
    },
    release() {
      for (const region of [...Object.values(regions), fields]) heap.give(region)
    },
  }
}
