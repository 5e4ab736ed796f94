import { type Cell, cellFields, GATES, paddedUnits } from './cell.ts'
import type { Kernel } from './open.ts'
import type { PackedWeights } from './packed-weights.ts'
import { PASS_FIELDS, writePass } from './pass-fields.ts'

const FLOAT = Float32Array.BYTES_PER_ELEMENT

/** One window's states, from x [step][input] to [step][unit] or [unit]: the inference of a single sample. */
export function windowForward(
  { run, heap }: Kernel,
  cell: Cell,
  {
    x,
    steps,
    weights,
  }: { readonly x: Float32Array; readonly steps: number; readonly weights: PackedWeights },
): Float32Array {
  const units = paddedUnits(cell)
  const outputSize = (cell.everyStep ? steps : 1) * cell.units
  const regions = {
    x: heap.take(x.length),
    gates: heap.take(steps * GATES[cell.kind] * units),
    states: heap.take(units),
    carries: heap.take(units),
    operands: heap.take(units),
    output: heap.take(outputSize),
    fields: heap.take(PASS_FIELDS),
  }
  const { output, fields } = regions
  const floats = heap.floats()
  floats.set(x, regions.x.at / FLOAT)
  writePass(floats, fields.at, {
    ...cellFields(cell),
    samples: 1,
    steps,
    x: regions.x.at,
    output: output.at,
    panels: weights.panels,
    bias: weights.bias,
    gates: regions.gates.at,
    states: regions.states.at,
    carries: regions.carries.at,
    operands: regions.operands.at,
  })
  if (cell.kind === 'gru') run.gruWindow(fields.at)
  else run.lstmWindow(fields.at)
  const result = floats.slice(output.at / FLOAT, output.at / FLOAT + outputSize)
  for (const region of Object.values(regions)) heap.give(region)
  return result
}
