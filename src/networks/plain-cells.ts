import type { CellWeights } from './network-parts.ts'

/** Shape [step][width]. */
export interface Sequence {
  readonly values: Float32Array
  readonly steps: number
  readonly width: number
}

export interface PassOptions {
  /** The state after each step is written here, from `column` on, at the place of the step it belongs to. */
  readonly output: Sequence
  readonly column: number
  /** From the last step to the first. */
  readonly goBackwards: boolean
}

/** A GRU (Cho et al. 2014), reset before the recurrent product: h = z h + (1 - z) tanh(x W + (r h) U). */
export function gruPass(
  { inputs, units, kernel, recurrent, bias }: CellWeights,
  below: Sequence,
  options: PassOptions,
): void {
  const { output, column } = options
  const columns = 3 * units
  const gates = new Float64Array(columns)
  const state = new Float64Array(units)
  const resetState = new Float64Array(units)
  for (const step of stepsOf(below, options)) {
    gates.set(bias)
    addProduct(gates, { vector: below.values, at: step * below.width, rows: inputs, matrix: kernel, columns })
    addProduct(gates, { vector: state, rows: units, matrix: recurrent, columns, to: 2 * units })
    for (let unit = 0; unit < units; unit++) {
      gates[unit] = sigmoid(gates[unit]!)
      resetState[unit] = sigmoid(gates[units + unit]!) * state[unit]!
    }
    addProduct(gates, { vector: resetState, rows: units, matrix: recurrent, columns, from: 2 * units })
    for (let unit = 0; unit < units; unit++) {
      const keep = gates[unit]!
      state[unit] = keep * state[unit]! + (1 - keep) * Math.tanh(gates[2 * units + unit]!)
    }
    output.values.set(state, step * output.width + column)
  }
}

/** An LSTM (Hochreiter and Schmidhuber 1997, with a forget gate): c = f c + i tanh(..), h = o tanh(c). */
export function lstmPass(
  { inputs, units, kernel, recurrent, bias }: CellWeights,
  below: Sequence,
  options: PassOptions,
): void {
  const { output, column } = options
  const columns = 4 * units
  const gates = new Float64Array(columns)
  const state = new Float64Array(units)
  const cellState = new Float64Array(units)
  for (const step of stepsOf(below, options)) {
    gates.set(bias)
    addProduct(gates, { vector: below.values, at: step * below.width, rows: inputs, matrix: kernel, columns })
    addProduct(gates, { vector: state, rows: units, matrix: recurrent, columns })
    for (let unit = 0; unit < units; unit++) {
      const candidate = Math.tanh(gates[2 * units + unit]!)
      const kept = sigmoid(gates[units + unit]!) * cellState[unit]!
      cellState[unit] = kept + sigmoid(gates[unit]!) * candidate
      state[unit] = sigmoid(gates[3 * units + unit]!) * Math.tanh(cellState[unit]!)
    }
    output.values.set(state, step * output.width + column)
  }
}

function* stepsOf({ steps }: Sequence, { goBackwards }: PassOptions): Generator<number> {
  for (let index = 0; index < steps; index++) yield goBackwards ? steps - 1 - index : index
}

interface Product {
  readonly vector: Float32Array | Float64Array
  /** Where in `vector` it begins. */
  readonly at?: number
  readonly rows: number
  readonly matrix: Float32Array
  readonly columns: number
  /** Only these columns of the matrix. */
  readonly from?: number
  readonly to?: number
}

/** sums += vector x matrix, row by row: contiguous in both arrays. */
function addProduct(
  sums: Float64Array,
  { vector, at = 0, rows, matrix, columns, from = 0, to = columns }: Product,
): void {
  for (let row = 0; row < rows; row++) {
    const value = vector[at + row]!
    if (value === 0) continue
    const start = row * columns
    for (let column = from; column < to; column++) {
      sums[column] = sums[column]! + value * matrix[start + column]!
    }
  }
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x))
}
