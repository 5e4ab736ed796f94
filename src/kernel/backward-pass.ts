import { BLOCK, runBlocks } from './blocks.ts'
import { type Cell, type CellWeights, GATES, padded, paddedUnits } from './cell.ts'
import { type Kept, operandRow } from './forward-pass.ts'
import { FLOAT_BYTES } from './kernel-heap.ts'
import type { Kernel } from './open-kernel.ts'
import { packBack } from './packed-weights.ts'
import { PASS_FIELDS } from './pass-fields.ts'

/** Shapes as of the weights; `inputs` as of `x`, a view that is good until the kernel runs again. */
export interface LayerGradients {
  readonly kernel: Float32Array
  readonly recurrent: Float32Array
  readonly bias: Float32Array
  readonly inputs: Float32Array | undefined
}

export interface BackwardOptions {
  /** Those that the forward pass ran with. */
  readonly weights: CellWeights
  /** Gradient of the loss by the forward pass's output, in its shape. */
  readonly output: Float32Array
  /** Whether the inputs' gradient is wanted: it costs a product a step, and a first layer needs none. */
  readonly inputs: boolean
}

/** Steps whose contributions to the weights' gradients are added at once, while they are in the cache. */
const CHUNK = 4

/** The gradients of everything the forward pass read. Sums run in the same order each time: same bits each time. */
export function backward(kernel: Kernel, kept: Kept, options: BackwardOptions): LayerGradients {
  const { heap, run } = kernel
  const { cell, steps, blocks } = kept
  const { samples } = blocks
  const { inputs } = cell
  const units = paddedUnits(cell)
  const gates = GATES[cell.kind]
  const rows = Math.min(samples, BLOCK)
  const back = packBack(kernel, cell, options)
  const perGate = blocks.fields.masksPerGate === 1

  const regions = {
    outputGradient: heap.take(options.output.length),
    operands: heap.take(CHUNK * rows * operandRow(cell, perGate)),
    deltas: heap.take(CHUNK * rows * gates * units),
    stateGradient: heap.take(rows * units),
    cellStateGradient: heap.take(rows * units),
    scratch: heap.take(rows * Math.max(units, padded(inputs))),
    inputGradient: heap.take(options.inputs ? samples * steps * inputs : 0),
    weightGradient: heap.take((inputs + units) * gates * units),
    biasGradient: heap.take(gates * units),
    fields: heap.take(PASS_FIELDS.length),
  }
  const { outputGradient, inputGradient, weightGradient, biasGradient, fields } = regions
  const floats = heap.floats()
  floats.set(options.output, outputGradient.at / FLOAT_BYTES)
  floats.fill(0, weightGradient.at / FLOAT_BYTES, (weightGradient.at + weightGradient.bytes) / FLOAT_BYTES)
  floats.fill(0, biasGradient.at / FLOAT_BYTES, (biasGradient.at + biasGradient.bytes) / FLOAT_BYTES)

  runBlocks(floats, fields.at, {
    ...blocks,
    fields: {
      ...blocks.fields,
      operands: regions.operands.at,
      outputGradient: outputGradient.at,
      stateGradient: regions.stateGradient.at,
      cellStateGradient: regions.cellStateGradient.at,
      deltas: regions.deltas.at,
      chunk: CHUNK,
      scratch: regions.scratch.at,
      recurrentBack: back.recurrentBack,
      inputBack: back.inputBack,
      inputGradient: options.inputs ? inputGradient.at : 0,
      weightGradient: weightGradient.at,
      biasGradient: biasGradient.at,
    },
    strides: {
      ...blocks.strides,
      outputGradient: (options.output.length / samples) * FLOAT_BYTES,
      ...(options.inputs && { inputGradient: steps * inputs * FLOAT_BYTES }),
    },
    run: cell.kind === 'gru' ? run.gruBackward : run.lstmBackward,
  })

  const gradients = {
    ...withoutPadding(cell, {
      weights: floats.subarray(weightGradient.at / FLOAT_BYTES),
      bias: floats.subarray(biasGradient.at / FLOAT_BYTES),
    }),
    inputs: options.inputs
      ? floats.subarray(
          inputGradient.at / FLOAT_BYTES,
          inputGradient.at / FLOAT_BYTES + samples * steps * inputs,
        )
      : undefined,
  }
  back.release()
  for (const region of Object.values(regions)) heap.give(region)
  return gradients
}

function withoutPadding(
  cell: Cell,
  { weights, bias }: { readonly weights: Float32Array; readonly bias: Float32Array },
): Pick<LayerGradients, 'kernel' | 'recurrent' | 'bias'> {
  const { inputs, units } = cell
  const gates = GATES[cell.kind]
  const wide = paddedUnits(cell)
  const rowsOf = (from: number, count: number, values: Float32Array): Float32Array => {
    if (units === wide) return values.slice(from * gates * units, (from + count) * gates * units)
    const to = new Float32Array(count * gates * units)
    for (let block = 0; block < count * gates; block++) {
      const at = (from * gates + block) * wide
      to.set(values.subarray(at, at + units), block * units)
    }
    return to
  }
  return {
    kernel: rowsOf(0, inputs, weights),
    recurrent: rowsOf(inputs, units, weights),
    bias: rowsOf(0, 1, bias),
  }
}
