import { type Cell, type CellWeights, GATES, padded, paddedUnits } from './cell.ts'
import type { Region } from './kernel-heap.ts'
import { FLOAT_BYTES } from './kernel-heap.ts'
import type { Kernel } from './open-kernel.ts'

/** A cell's weights in the order in which the kernel's products read them. */
export interface PackedWeights {
  /** Fields of a pass. */
  readonly panels: number
  readonly bias: number
  release(): void
}

/** For passes forward: for each gate panels of inputs and units; a GRU's candidate has its units first. */
export function packWeights({ run, heap }: Kernel, cell: Cell, weights: CellWeights): PackedWeights {
  const { inputs, units } = cell
  const gates = GATES[cell.kind]
  const wide = paddedUnits(cell)
  const rows = inputs + wide
  const region = heap.take(gates * (rows + 1) * wide)
  const panels = region.at
  const bias = panels + gates * rows * wide * FLOAT_BYTES
  clear(heap.floats(), region)
  withSources({ run, heap }, weights, ({ kernel, recurrent }) => {
    for (let gate = 0; gate < gates; gate++) {
      const unitsFirst = cell.kind === 'gru' && gate === 2
      const pack = (source: number, count: number, from: number): void =>
        run.packPanels(
          wide,
          units,
          count,
          source + gate * units * FLOAT_BYTES,
          gates * units * FLOAT_BYTES,
          FLOAT_BYTES,
          panels + gate * rows * wide * FLOAT_BYTES,
          rows,
          from,
        )
      pack(kernel, inputs, unitsFirst ? wide : 0)
      pack(recurrent, units, unitsFirst ? 0 : inputs)
      if (!weights.bias) continue
      const row = weights.bias.subarray(gate * units, (gate + 1) * units)
      heap.floats().set(row, bias / FLOAT_BYTES + gate * wide)
    }
  })
  return { panels, bias, release: () => heap.give(region) }
}

/** The weights transposed, for passes backward. */
export interface PackedBack {
  readonly recurrentBack: number
  /** 0 where the inputs' gradient is not wanted. */
  readonly inputBack: number
  release(): void
}

export function packBack(
  { run, heap }: Kernel,
  cell: Cell,
  { weights, inputs: inputsWanted }: { readonly weights: CellWeights; readonly inputs: boolean },
): PackedBack {
  const { inputs, units } = cell
  const gates = GATES[cell.kind]
  const wide = paddedUnits(cell)
  const rows = gates * wide
  const recurrentBack = heap.take(rows * wide)
  const inputBack = heap.take(inputsWanted ? rows * padded(inputs) : 0)
  clear(heap.floats(), recurrentBack)
  clear(heap.floats(), inputBack)
  withSources({ run, heap }, weights, ({ kernel, recurrent }) => {
    for (let gate = 0; gate < gates; gate++) {
      const pack = (source: number, known: number, panels: number): void =>
        run.packPanels(
          padded(known),
          known,
          units,
          source + gate * units * FLOAT_BYTES,
          FLOAT_BYTES,
          gates * units * FLOAT_BYTES,
          panels,
          rows,
          gate * wide,
        )
      pack(recurrent, units, recurrentBack.at)
      if (inputsWanted) pack(kernel, inputs, inputBack.at)
    }
  })
  return {
    recurrentBack: recurrentBack.at,
    inputBack: inputsWanted ? inputBack.at : 0,
    release() {
      heap.give(recurrentBack)
      heap.give(inputBack)
    },
  }
}

/** Lends the weights a place in the kernel's memory for as long as `use` runs. */
function withSources(
  { heap }: Pick<Kernel, 'run' | 'heap'>,
  { kernel, recurrent }: CellWeights,
  use: (at: { readonly kernel: number; readonly recurrent: number }) => void,
): void {
  const region = heap.take(kernel.length + recurrent.length)
  heap.floats().set(kernel, region.at / FLOAT_BYTES)
  heap.floats().set(recurrent, region.at / FLOAT_BYTES + kernel.length)
  use({ kernel: region.at, recurrent: region.at + kernel.length * FLOAT_BYTES })
  heap.give(region)
}

function clear(floats: Float32Array, { at, bytes }: Region): void {
  floats.fill(0, at / FLOAT_BYTES, (at + bytes) / FLOAT_BYTES)
}
