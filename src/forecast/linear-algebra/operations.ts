/** Rows of a band, and columns of a panel: sizes are multiples of it. */
export const SIDE = 4
/** Outputs are a multiple of it. */
export const OUTPUTS = 8

/**
 * What recursive least squares does again and again, over arrays that the implementation has laid out where it
 * reaches them.
 *
 * A symmetric matrix is stored in bands of SIDE rows, each from column 0 to the end of the band's diagonal block: half
 * of it, and every row in whole tiles. Kalman gains, one for each row that the matrix has yet to take in, lie in panels
 * [column / SIDE][gain][SIDE], so that what a tile reads is contiguous.
 */
export interface Operations {
  /** An array of zeros for each of these lengths, in one place. To be asked for once. */
  arrays<Name extends string>(lengths: Record<Name, number>): Record<Name, Float64Array>
  /** into = A x, A symmetric. Shapes: x, into [size]. */
  symv(matrix: Float64Array, x: Float64Array, into: Float64Array): void
  /** A -= the sum of scaled_j gain_j' over the first `count` gains: a symmetric low-rank downdate. */
  downdate(matrix: Float64Array, gains: Gains): void
  /**
   * into -= the sum of gain_j (scaled_j' x) over the first `count` gains: what the downdate that is still pending makes
   * of A x. Shapes: x, into [size].
   */
  lowRankCorrection(gains: Gains, x: Float64Array, into: Float64Array): void
  /** into = weights' row. Shapes: row [column], weights [column][output], into [output]. */
  gemv(weights: Float64Array, row: Float64Array, into: Float64Array): void
  /** weights += gain innovations'. Shapes: weights [column][output], gain [column], innovations [output]. */
  ger(weights: Float64Array, gain: Float64Array, innovations: Float64Array): void
}

/** Kalman gains, and the same over the variance of their innovation. */
export interface Gains {
  readonly panels: Float64Array
  readonly scaled: Float64Array
  /** Scratch for each scaled_j' x: as many numbers as there may be gains. */
  readonly projections: Float64Array
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
