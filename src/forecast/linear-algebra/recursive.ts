import { kernelOperations } from './kernel-operations.ts'
import { bandAt, type Gains, gainAt, type Operations, OUTPUTS, SIDE } from './operations.ts'
import { plainOperations } from './plain-operations.ts'

/** Plain data: all that is known, as it lies. */
export interface RecursiveSnapshot {
  readonly inverse: Float64Array
  readonly weights: Float64Array
  readonly panels: Float64Array
  readonly scaled: Float64Array
  readonly pending: number
}

export interface RecursiveOptions {
  readonly columns: number
  readonly outputs: number
  /** The ridge: what is added to the diagonal of the Gram matrix. */
  readonly penalty: number
  /** Default: by WebAssembly where that runs. */
  readonly operations?: Operations
}

/** Rows that the inverse takes in at once: it is larger than the caches that are near. */
const CAPACITY = 24

/**
 * Ridge regression that takes rows one by one and always has the solution: (X'WX + penalty)^-1 X'WY over all rows so
 * far, by the identity of Sherman and Morrison, for many outputs at the price of one. A row costs 1.5 columns^2
 * multiplications wherever it comes, where solving anew once a day would cost columns^3 / 6 at one moment. What a row
 * takes off the inverse stays pending until two dozen are: then one pass over it takes them all. Nothing is forgotten,
 * so that the inverse only shrinks, and rounding stays far below what one row teaches.
 */
export class RecursiveLeastSquares {
  readonly #columns: number
  readonly #outputs: number
  readonly #operations: Operations
  readonly #arrays: Record<
    'inverse' | 'weights' | 'panels' | 'scaled' | 'along' | 'row' | 'gain' | 'said' | 'steps',
    Float64Array
  >
  #pending = 0

  constructor({
    columns,
    outputs,
    penalty,
    operations = kernelOperations() ?? plainOperations,
  }: RecursiveOptions) {
    const size = inWhole(SIDE, columns)
    const wide = inWhole(OUTPUTS, outputs)
    this.#columns = columns
    this.#outputs = outputs
    this.#operations = operations
    this.#arrays = operations.arrays({
      inverse: bandAt(size),
      weights: size * wide,
      panels: size * CAPACITY,
      scaled: size * CAPACITY,
      along: CAPACITY,
      row: size,
      gain: size,
      said: wide,
      steps: wide,
    })
    for (let column = 0; column < size; column++) {
      const within = column % SIDE
      const band = column - within
      this.#arrays.inverse[bandAt(band) + within * (band + SIDE) + column] = 1 / penalty
    }
  }

  /** Shapes: row [column] -> [output]. */
  predict(values: Float64Array): Float64Array {
    const { weights, row, said } = this.#arrays
    row.set(values)
    this.#operations.combine(weights, row, said)
    return said.slice(0, this.#outputs)
  }

  /**
   * Takes a row in. `errors` are its labels less what `predict` says of it now, NaN where there is no label: that
   * output keeps what it knows. Shapes: row [column], errors [output].
   */
  learn(values: Float64Array, errors: Float64Array, weight: number): void {
    const { inverse, weights, row, gain, steps } = this.#arrays
    const { multiply, correct, advance } = this.#operations
    row.set(values)
    multiply(inverse, row, gain)
    if (this.#pending > 0) correct(this.#gains(), row, gain)
    let spread = 1 / weight
    for (let column = 0; column < this.#columns; column++) spread += row[column]! * gain[column]!
    for (const [output, error] of errors.entries()) steps[output] = Number.isNaN(error) ? 0 : error / spread
    advance(weights, gain, steps)
    this.#keepGain(1 / spread)
  }

  snapshot(): RecursiveSnapshot {
    const { inverse, weights, panels, scaled } = this.#arrays
    return {
      inverse: inverse.slice(),
      weights: weights.slice(),
      panels: panels.slice(),
      scaled: scaled.slice(),
      pending: this.#pending,
    }
  }

  restore({ inverse, weights, panels, scaled, pending }: RecursiveSnapshot): void {
    this.#arrays.inverse.set(inverse)
    this.#arrays.weights.set(weights)
    this.#arrays.panels.set(panels)
    this.#arrays.scaled.set(scaled)
    this.#pending = pending
  }

  #gains(): Gains {
    const { panels, scaled, along } = this.#arrays
    return { panels, scaled, along, count: this.#pending }
  }

  #keepGain(factor: number): void {
    const { inverse, panels, scaled, gain } = this.#arrays
    for (let column = 0; column < gain.length; column++) {
      const at = gainAt(column, this.#pending, CAPACITY)
      panels[at] = gain[column]!
      scaled[at] = factor * gain[column]!
    }
    this.#pending += 1
    if (this.#pending < CAPACITY) return
    this.#operations.lessen(inverse, this.#gains())
    this.#pending = 0
  }
}

function inWhole(part: number, length: number): number {
  return Math.ceil(length / part) * part
}
