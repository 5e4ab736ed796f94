import { gainAt } from './operations.ts'
import { PANEL_ROWS, type Solution } from './solution.ts'
import { gainsOf, workspaceOf } from './workspace.ts'

/*
 * Ridge regression that takes rows one by one and always has the solution: (X'WX + penalty)^-1 X'WY over all rows so
 * far, by the identity of Sherman and Morrison, for many outputs at the price of one. A row costs 1.5 columns^2
 * multiplications wherever it comes, where solving anew once a day would cost columns^3 / 6 at one moment. What a row
 * takes off the inverse stays pending until two dozen are: then one pass over it takes them all. Nothing is forgotten,
 * so that the inverse only shrinks, and rounding stays far below what one row teaches.
 */

/** Shapes: row [column] -> [output]. */
export function predictRow(solution: Solution, values: Float64Array): Float64Array {
  const { operations, row, predicted } = workspaceOf(solution)
  row.set(values)
  operations.gemv(solution.weights, row, predicted)
  return predicted.slice(0, solution.outputs)
}

/**
 * Takes a row in. `errors` are its labels less what `predictRow` gives for it now, NaN where there is no label: that
 * output keeps what it knows. Shapes: row [column], errors [output].
 */
export function learnRow(
  solution: Solution,
  values: Float64Array,
  { errors, weight }: { readonly errors: Float64Array; readonly weight: number },
): void {
  const workspace = workspaceOf(solution)
  const { operations, row, gain, innovations } = workspace
  row.set(values)
  operations.symv(solution.inverse, row, gain)
  if (solution.pending > 0) operations.lowRankCorrection(gainsOf(solution, workspace), row, gain)
  let variance = 1 / weight
  for (let column = 0; column < values.length; column++) variance += row[column]! * gain[column]!
  for (let output = 0; output < errors.length; output++)
    innovations[output] = Number.isNaN(errors[output]!) ? 0 : errors[output]! / variance
  operations.ger(solution.weights, gain, innovations)
  keepGain(solution, gain, 1 / variance)
  if (solution.pending < PANEL_ROWS) return
  operations.downdate(solution.inverse, gainsOf(solution, workspace))
  // Zeros take no room where the state is kept.
  solution.panels.fill(0)
  solution.scaled.fill(0)
  solution.pending = 0
}

function keepGain(solution: Solution, gain: Float64Array, factor: number): void {
  const { panels, scaled, pending } = solution
  for (let column = 0; column < gain.length; column++) {
    const at = gainAt(column, pending, PANEL_ROWS)
    panels[at] = gain[column]!
    scaled[at] = factor * gain[column]!
  }
  solution.pending++
}
