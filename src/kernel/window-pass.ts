import { type Cell, cellFields, GATES, paddedUnits } from './cell.ts'
import { FLOAT_BYTES } from './kernel-heap.ts'
import type { Kernel } from './open-kernel.ts'
import type { PackedWeights } from './packed-weights.ts'
import { PASS_FIELDS, writePass } from './pass-fields.ts'

interface WindowOptions {
  readonly steps: number
  readonly weights: PackedWeights
}

/** The inference of single samples, with its place in the kernel's memory. */
export interface WindowPass {
  /** One window's states, from x [step][input] to [step][unit] or [unit]. */
  forward(x: Float32Array): Float32Array
  release(): void
}

export function windowPass({ run, heap }: Kernel, cell: Cell, { steps, weights }: WindowOptions): WindowPass {
  const units = paddedUnits(cell)
  const outputSize = (cell.returnSequences ? steps : 1) * cell.units
  const regions = {
    x: heap.take(steps * cell.inputs),
    gates: heap.take(steps * GATES[cell.kind] * units),
    states: heap.take(units),
    cellStates: heap.take(units),
    operands: heap.take(units),
    output: heap.take(outputSize),
  }
  const fields = heap.take(PASS_FIELDS.length)
  const places = Object.fromEntries(Object.entries(regions).map(([name, { at }]) => [name, at]))
  const { panels, bias } = weights
  writePass(heap.floats(), fields.at, { ...cellFields(cell), samples: 1, steps, panels, bias, ...places })
  const passForward = cell.kind === 'gru' ? run.gruWindow : run.lstmWindow
  const [from, to] = [regions.x.at / FLOAT_BYTES, regions.output.at / FLOAT_BYTES]
  return {
    forward(x) {
      const floats = heap.floats()
      floats.set(x, from)
      passForward(fields.at)
      return floats.slice(to, to + outputSize)
    },
    release() {
      for (const region of [...Object.values(regions), fields]) heap.give(region)
    },
  }
}
