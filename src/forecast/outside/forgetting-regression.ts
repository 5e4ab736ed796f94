/**
 * Ridge regression that forgets: what was learnt long ago counts for less and less. Kept are the weighted sums of
 * products, which are small here, and the weights are solved for anew: nothing drifts, however long it goes on, where a
 * recursion over the inverse would blow up along whatever is not seen for a while. The ridge is on columns brought to
 * one scale by their own mean squares, so that units do not matter. Plain data.
 */
export interface Regression {
  /** Sums of products, the lower triangle row by row. Shape [column (column + 1) / 2]. */
  readonly gram: Float64Array
  /** Shape [column]. */
  readonly moment: Float64Array
  /** How many there were, as far as they count still. */
  rows: number
}

export function emptyRegression(columns: number): Regression {
  return {
    gram: new Float64Array((columns * (columns + 1)) / 2),
    moment: new Float64Array(columns),
    rows: 0,
  }
}

/** What is known so far counts for `share` of what it did. */
export function fade(regression: Regression, share: number): void {
  const { gram, moment } = regression
  for (let index = 0; index < gram.length; index++) gram[index]! *= share
  for (let column = 0; column < moment.length; column++) moment[column]! *= share
  regression.rows *= share
}

/** Shape: row [column]. */
export function learn(
  regression: Regression,
  row: Float32Array,
  { label, weight }: { readonly label: number; readonly weight: number },
): void {
  const { gram, moment } = regression
  for (let column = 0, at = 0; column < moment.length; column++) {
    const weighted = weight * row[column]!
    moment[column]! += weighted * label
    for (let other = 0; other <= column; other++) gram[at++]! += weighted * row[other]!
  }
  regression.rows++
}

/** The weights of the columns, by Cholesky's decomposition; `ridge` counts as so many rows. Shape [column]. */
export function solve({ gram, moment, rows }: Regression, ridge: number): Float64Array {
  const columns = moment.length
  const factor = Float64Array.from(gram)
  const solution = Float64Array.from(moment)
  const share = rows > 0 ? ridge / rows : 0
  for (let row = 0; row < columns; row++) {
    const at = start(row)
    for (let column = 0; column <= row; column++) {
      let sum = factor[at + column]!
      if (column === row) sum += sum * share
      for (let k = 0; k < column; k++) sum -= factor[at + k]! * factor[start(column) + k]!
      if (column < row) factor[at + column] = sum * factor[start(column) + column]!
      // The inverse of the root stands on the diagonal; of a column of zeros 0, so that it has no weight.
      else factor[at + row] = sum > 0 ? 1 / Math.sqrt(sum) : 0
    }
    for (let k = 0; k < row; k++) solution[row]! -= factor[at + k]! * solution[k]!
    solution[row]! *= factor[at + row]!
  }
  for (let row = columns - 1; row >= 0; row--) {
    for (let k = row + 1; k < columns; k++) solution[row]! -= factor[start(k) + row]! * solution[k]!
    solution[row]! *= factor[start(row) + row]!
  }
  return solution
}

/** Of a row in the lower triangle. */
function start(row: number): number {
  return (row * (row + 1)) / 2
}

/** What the weights make of a row; what the row has beyond them is left out. */
export function product(weights: Float64Array, row: Float32Array): number {
  let sum = 0
  for (let column = 0; column < weights.length; column++) sum += weights[column]! * row[column]!
  return sum
}

/** A regression that weighs each row by how far it was from what was expected. Plain data. */
export interface FittedRegression {
  readonly regression: Regression
  /** In use. Shape [column]. */
  weights: Float64Array
  /** Running mean absolute error of what was expected before it was learnt from. */
  meanError: number
  learnt: number
}

export function emptyFit(columns: number): FittedRegression {
  return {
    regression: emptyRegression(columns),
    weights: new Float64Array(columns),
    meanError: 0,
    learnt: 0,
  }
}
