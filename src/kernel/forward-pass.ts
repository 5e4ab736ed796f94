import { BLOCK, type Blocks, runBlocks } from './blocks.ts'
import { type Cell, cellFields, GATES, type Masks, paddedUnits } from './cell.ts'
import type { Region } from './kernel-heap.ts'
import { FLOAT_BYTES } from './kernel-heap.ts'
import type { Kernel } from './open-kernel.ts'
import type { PackedWeights } from './packed-weights.ts'
import { PASS_FIELDS } from './pass-fields.ts'

export interface Inputs {
  readonly samples: number
  readonly steps: number
  /** Shape [sample][step][input]. */
  readonly x: Float32Array
  readonly masks?: Masks | undefined
}

/** What a forward pass leaves for the backward one, in the kernel's memory. */
export interface Kept {
  readonly cell: Cell
  readonly steps: number
  /** What of its fields both passes share. */
  readonly blocks: Blocks
  release(): void
}

/** A batch's states, shape [sample][step][unit] or [sample][unit]: a view, good until the kernel runs again. */
export function forward(
  kernel: Kernel,
  cell: Cell,
  options: { readonly inputs: Inputs; readonly weights: PackedWeights },
): Float32Array {
  const { output, kept } = pass(kernel, cell, { ...options, keep: false })
  kept.release()
  return output
}

/** As `forward`, and keeps what `backward` needs until it is released. */
export function forwardForTraining(
  kernel: Kernel,
  cell: Cell,
  options: { readonly inputs: Inputs; readonly weights: PackedWeights },
): { readonly output: Float32Array; readonly kept: Kept } {
  return pass(kernel, cell, { ...options, keep: true })
}

interface PassOptions {
  readonly inputs: Inputs
  readonly weights: PackedWeights
  readonly keep: boolean
}

function pass(kernel: Kernel, cell: Cell, { inputs, weights, keep }: PassOptions) {
  const { heap, run } = kernel
  const { samples, steps } = inputs
  const units = paddedUnits(cell)
  const gates = GATES[cell.kind]
  const outputSize = samples * (cell.returnSequences ? steps : 1) * cell.units
  const rows = Math.min(samples, BLOCK)

  const regions: Region[] = []
  const take = (floats: number): number => {
    const region = heap.take(floats)
    regions.push(region)
    return region.at
  }
  const stored = keep ? samples : rows
  const x = take(inputs.x.length)
  const gateValues = take(stored * (keep ? steps : 1) * gates * units)
  const states = take(stored * (keep ? steps + 1 : 1) * units)
  const cellStates = cell.kind === 'lstm' ? take(stored * (keep ? steps + 1 : 1) * units) : 0
  const masks = inputs.masks ? placeMasks(cell, inputs.masks, samples) : undefined
  const maskRegion = masks ? take(masks.values.length) : 0

  const gateBytes = gates * units * FLOAT_BYTES
  const stateBytes = units * FLOAT_BYTES
  const blocks: Blocks = {
    samples,
    fields: {
      ...cellFields(cell),
      steps,
      x,
      gates: gateValues,
      states,
      cellStates,
      ...masks?.fields(maskRegion),
    },
    strides: {
      x: steps * cell.inputs * FLOAT_BYTES,
      ...(keep && { gates: steps * gateBytes, states: (steps + 1) * stateBytes }),
      ...(keep && cell.kind === 'lstm' && { cellStates: (steps + 1) * stateBytes }),
      ...masks?.strides,
    },
    perSample: { samples: 1, ...(keep && { gatesStep: gateBytes, statesStep: stateBytes }) },
  }

  const scratch = [
    heap.take(outputSize),
    heap.take(rows * operandRow(cell, inputs.masks?.perGate ?? false)),
    heap.take(PASS_FIELDS.length),
  ] as const
  const [output, operands, fields] = scratch
  heap.floats().set(inputs.x, x / FLOAT_BYTES)
  if (masks) heap.floats().set(masks.values, maskRegion / FLOAT_BYTES)
  runBlocks(heap.floats(), fields.at, {
    ...blocks,
    fields: {
      ...blocks.fields,
      panels: weights.panels,
      bias: weights.bias,
      operands: operands.at,
      output: output.at,
    },
    strides: { ...blocks.strides, output: (outputSize / samples) * FLOAT_BYTES },
    run: cell.kind === 'gru' ? run.gruForward : run.lstmForward,
  })
  const result = heap.floats().subarray(output.at / FLOAT_BYTES, output.at / FLOAT_BYTES + outputSize)
  for (const region of scratch) heap.give(region)

  const kept: Kept = {
    cell,
    steps,
    blocks,
    release() {
      for (const region of regions.splice(0)) heap.give(region)
    },
  }
  return { output: result, kept }
}

/** Floats in a row of what the products of one step read; see gru-operands.ts and lstm-operands.ts. */
export function operandRow(cell: Cell, perGate: boolean): number {
  const units = paddedUnits(cell)
  const operands = units + cell.inputs
  const variants = perGate ? GATES[cell.kind] : 1
  return variants * operands + (cell.kind === 'gru' ? units : 0)
}

/** Both masks in one array, states' padded, and where passes find them in it. */
function placeMasks(cell: Cell, { input, state, perGate }: Masks, samples: number) {
  const units = paddedUnits(cell)
  const sets = perGate ? GATES[cell.kind] : 1
  const inputSize = input ? sets * samples * cell.inputs : 0
  const values = new Float32Array(inputSize + (state ? sets * samples * units : 0))
  if (input) values.set(input)
  if (state) {
    for (let row = 0; row < sets * samples; row++) {
      values.set(state.subarray(row * cell.units, (row + 1) * cell.units), inputSize + row * units)
    }
  }
  return {
    values,
    fields: (at: number) => ({
      masksPerGate: perGate ? 1 : 0,
      inputMask: input ? at : 0,
      inputMaskGate: samples * cell.inputs * FLOAT_BYTES,
      stateMask: state ? at + inputSize * FLOAT_BYTES : 0,
      stateMaskGate: samples * units * FLOAT_BYTES,
    }),
    strides: {
      ...(input && { inputMask: cell.inputs * FLOAT_BYTES }),
      ...(state && { stateMask: units * FLOAT_BYTES }),
    },
  }
}
