import { bandAt, OUTPUTS, SIDE } from './operations.ts'

/** Rows that the inverse takes in at once: it is larger than the caches that are near. */
export const PANEL_ROWS = 24

/**
 * What is known after some rows, as plain data. Its arrays come to lie in a memory of the kernel's when it is first
 * used, and are replaced by views of that.
 */
export interface Solution {
  /** P, the inverse of X'WX + penalty as of the newest downdate: in bands, see `operations.ts`. */
  inverse: Float64Array
  /** Shape [column][output], columns and outputs filled up to whole tiles. */
  weights: Float64Array
  /** Kalman gains that P has yet to take in, and the same over the variance of their innovation: in packed panels. */
  panels: Float64Array
  scaled: Float64Array
  /** How many they are. */
  pending: number
  /** How many outputs are meant; those that fill up are zero. */
  readonly outputs: number
}

/** Before the first row. `penalty` is the ridge: what is added to the diagonal of the Gram matrix. */
export function emptySolution({
  columns,
  outputs,
  penalty,
}: {
  readonly columns: number
  readonly outputs: number
  readonly penalty: number
}): Solution {
  const size = inWhole(SIDE, columns)
  const inverse = new Float64Array(bandAt(size))
  for (let column = 0; column < size; column++) {
    const within = column % SIDE
    const band = column - within
    inverse[bandAt(band) + within * (band + SIDE) + column] = 1 / penalty
  }
  return {
    inverse,
    weights: new Float64Array(size * inWhole(OUTPUTS, outputs)),
    panels: new Float64Array(size * PANEL_ROWS),
    scaled: new Float64Array(size * PANEL_ROWS),
    pending: 0,
    outputs,
  }
}

function inWhole(part: number, length: number): number {
  return Math.ceil(length / part) * part
}
