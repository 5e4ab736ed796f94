/** Rows of a band, and columns of a panel: sizes are multiples of it. */
export const SIDE = 4
/** Outputs are a multiple of it. */
export const OUTPUTS = 8

/**
 * What recursive least squares does again and again, over arrays that the implementation has laid out where it
 * reaches them.
 *
 * A symmetric matrix is stored in bands of SIDE rows, each from column 0 to the end of the band's diagonal block:
 * half of it, and every row in whole tiles. Gains, one for each row that the matrix has yet to take in, lie in panels
 * [column / SIDE][gain][SIDE], so that what a tile reads is contiguous.
 */
export interface Operations {
  /** An array of zeros for each of these lengths, in one place. To be asked for once. */
  arrays<Name extends string>(lengths: Record<Name, number>): Record<Name, Float64Array>
  /** into = A x. Shapes: x, into [size]. */
  multiply(matrix: Float64Array, x: Float64Array, into: Float64Array): void
  /** A -= the sum of scaled_j gain_j' over the first `count` gains. */
  lessen(matrix: Float64Array, gains: Gains): void
  /** into -= the sum of gain_j (scaled_j' x) over the first `count` gains. Shapes: x, into [size]. */
  correct(gains: Gains, x: Float64Array, into: Float64Array): void
  /** into = row' weights. Shapes: row [column], weights [column][output], into [output]. */
  combine(weights: Float64Array, row: Float64Array, into: Float64Array): void
  /** weights += gain x steps. Shapes: weights [column][output], gain [column], steps [output]. */
  advance(weights: Float64Array, gain: Float64Array, steps: Float64Array): void
}

/** Gains, and the same times their factors. */
export interface Gains {
  readonly panels: Float64Array
  readonly scaled: Float64Array
  /** Numbers that the way through the gains needs room for: as many as there may be gains. */
  readonly along: Float64Array
  /** How many of them count. */
  readonly count: number
}

/** Where a band begins whose first row is `row`, a multiple of SIDE; of `size`, the length of the matrix. */
export function bandAt(row: number): number {
  return (row * (row + SIDE)) / 2
}

/** Where column `column` of gain `index` lies among as many as `capacity`. */
export function gainAt(column: number, index: number, capacity: number): number {
  const within = column % SIDE
  return (column - within) * capacity + index * SIDE + within
}
