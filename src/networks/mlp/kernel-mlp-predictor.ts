import { LEADS } from '../../domain/forecast.ts'
import type { WeightArray } from '../../domain/weights.ts'
import { FLOAT_BYTES } from '../../kernel/kernel-heap.ts'
import { MLP_FIELDS, writeMlpStep } from '../../kernel/mlp-fields.ts'
import type { Kernel } from '../../kernel/open-kernel.ts'
import { checkWidth, type MlpPredictor, mlpParts } from './mlp-predictor.ts'

/** As `plainMlpPredictor`, by the kernel: some microseconds a row. It holds the kernel's memory until released. */
export function kernelMlpPredictor({ run, heap }: Kernel, arrays: readonly WeightArray[]): MlpPredictor {
  const { kernel, bias, head, headBias, inputs } = mlpParts(arrays)
  const hidden = bias.length
  const regions = {
    x: heap.take(inputs),
    firstPanels: heap.take(inputs * hidden),
    firstBias: heap.take(hidden),
    secondPanels: heap.take(hidden * LEADS),
    secondBias: heap.take(LEADS),
    derivatives: heap.take(hidden),
    active: heap.take(hidden),
    predicted: heap.take(LEADS),
  }
  const fields = heap.take(MLP_FIELDS.length)
  const rows = heap.take(Math.max(kernel.length, head.length))
  const floats = heap.floats()
  const { x, firstPanels, firstBias, secondPanels, secondBias, predicted } = regions
  floats.set(bias, firstBias.at / FLOAT_BYTES)
  floats.set(headBias, secondBias.at / FLOAT_BYTES)
  floats.set(kernel, rows.at / FLOAT_BYTES)
  run.packPanels(
    hidden,
    hidden,
    inputs,
    rows.at,
    hidden * FLOAT_BYTES,
    FLOAT_BYTES,
    firstPanels.at,
    inputs,
    0,
  )
  floats.set(head, rows.at / FLOAT_BYTES)
  run.packPanels(LEADS, LEADS, hidden, rows.at, LEADS * FLOAT_BYTES, FLOAT_BYTES, secondPanels.at, hidden, 0)
  heap.give(rows)
  const places = Object.fromEntries(Object.entries(regions).map(([name, { at }]) => [name, at]))
  writeMlpStep(floats, fields.at, { samples: 1, inputs, hidden, outputs: LEADS, ...places })

  return {
    predict(features) {
      checkWidth(features, inputs)
      const memory = heap.floats()
      memory.set(features, x.at / FLOAT_BYTES)
      run.mlpForward(fields.at)
      return Float64Array.from(
        memory.subarray(predicted.at / FLOAT_BYTES, predicted.at / FLOAT_BYTES + LEADS),
      )
    },
    release() {
      for (const region of [...Object.values(regions), fields]) heap.give(region)
    },
  }
}
