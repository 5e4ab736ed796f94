import { lessenAndMultiply, packedLength, SIDE } from './symmetric.ts'

/** Plain data. Shapes: inverse [packed lower triangle], weights [column][output], gain [column]. */
export interface RecursiveSnapshot {
  readonly inverse: Float64Array
  readonly weights: Float64Array
  /** What the newest row has yet to take off the inverse: factor x gain x gain'. */
  readonly gain: Float64Array
  readonly factor: number
}

export interface RecursiveOptions {
  readonly columns: number
  readonly outputs: number
  /** The ridge: what is added to the diagonal of the Gram matrix. */
  readonly penalty: number
}

/**
 * Ridge regression that takes rows one by one and always has the solution: (X'WX + penalty)^-1 X'WY over all rows so
 * far, by the identity of Sherman and Morrison, for many outputs at the price of one. A row costs 1.5 columns^2
 * multiplications wherever it comes, where solving anew once a day would cost columns^3 / 6 at one moment. Nothing is
 * forgotten, so that the inverse only shrinks, and rounding stays far below what one row teaches.
 */
export class RecursiveLeastSquares {
  readonly #columns: number
  readonly #outputs: number
  readonly #inverse: Float64Array
  readonly #weights: Float64Array
  /** Of the row being learnt, and of the one before it. Shapes: [column], with zeros up to a multiple of SIDE. */
  #gain: Float64Array
  #earlier: Float64Array
  #factor = 0
  readonly #row: Float64Array

  constructor({ columns, outputs, penalty }: RecursiveOptions) {
    const size = Math.ceil(columns / SIDE) * SIDE
    this.#columns = columns
    this.#outputs = outputs
    this.#inverse = new Float64Array(packedLength(size))
    this.#weights = new Float64Array(columns * outputs)
    this.#gain = new Float64Array(size)
    this.#earlier = new Float64Array(size)
    this.#row = new Float64Array(size)
    for (let column = 0; column < size; column++) {
      this.#inverse[packedLength(column) + column] = 1 / penalty
    }
  }

  /** Shapes: row [column] -> [output]. */
  predict(row: Float64Array): Float64Array {
    const said = new Float64Array(this.#outputs)
    const weights = this.#weights
    for (let column = 0, place = 0; column < this.#columns; column++) {
      const value = row[column]!
      for (let output = 0; output < this.#outputs; output++) said[output]! += value * weights[place++]!
    }
    return said
  }

  /**
   * Takes a row in. `errors` are its labels less what `predict` says of it now, NaN where there is no label: that
   * output keeps what it knows. Shapes: row [column], errors [output].
   */
  learn(row: Float64Array, errors: Float64Array, weight: number): void {
    const earlier = this.#gain
    const gain = this.#earlier
    this.#row.set(row)
    lessenAndMultiply(this.#inverse, { u: earlier, factor: this.#factor, x: this.#row, into: gain })
    let spread = 1 / weight
    for (let column = 0; column < this.#columns; column++) spread += row[column]! * gain[column]!
    const weights = this.#weights
    const steps = errors.map((error) => (Number.isNaN(error) ? 0 : error / spread))
    for (let column = 0, place = 0; column < this.#columns; column++) {
      const along = gain[column]!
      for (let output = 0; output < this.#outputs; output++) weights[place++]! += along * steps[output]!
    }
    this.#gain = gain
    this.#earlier = earlier
    this.#factor = 1 / spread
  }

  snapshot(): RecursiveSnapshot {
    return {
      inverse: this.#inverse.slice(),
      weights: this.#weights.slice(),
      gain: this.#gain.slice(),
      factor: this.#factor,
    }
  }

  restore({ inverse, weights, gain, factor }: RecursiveSnapshot): void {
    this.#inverse.set(inverse)
    this.#weights.set(weights)
    this.#gain.set(gain)
    this.#factor = factor
  }
}
