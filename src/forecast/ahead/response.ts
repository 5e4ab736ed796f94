import {
  emptyFit,
  type FittedRegression,
  fade,
  learn,
  product,
  solve,
} from '../outside/forgetting-regression.ts'
import { type HourTable, PAST_HOURS, TABLE_HOURS } from './hour-table.ts'
import type { ResponseUnits } from './response-units.ts'
import { robustWeight } from './robust-weight.ts'

/** In rows. */
const RIDGE = 1
/** Examples between two times that it is solved for anew: it changes slowly. */
const SOLVED_EVERY = 24

/** What the target is where the quantities are what they are, whatever came before. */
export function emptyResponse({ columns }: ResponseUnits): FittedRegression {
  return emptyFit(columns)
}

/** From what was said of an issue time and what was measured then, in deviations. `share`: what was learnt before counts for so much. */
export function learnResponse(
  state: FittedRegression,
  units: ResponseUnits,
  { table, truth, share }: { readonly table: HourTable; readonly truth: number; readonly share: number },
): void {
  const row = new Float32Array(units.columns)
  units.write(table, PAST_HOURS, row)
  fade(state.regression, share)
  state.learnt++
  const weight = robustWeight(state, Math.abs(truth - product(state.weights, row)))
  learn(state.regression, row, { label: truth, weight })
  if (state.learnt % SOLVED_EVERY === 0) state.weights = solve(state.regression, RIDGE)
}

/** Of each hour of a table from `first` on, in deviations of the target; NaN before. Shape [hour 50]. */
export function responses(
  { weights }: FittedRegression,
  units: ResponseUnits,
  { table, first }: { readonly table: HourTable; readonly first: number },
): Float64Array {
  const row = new Float32Array(units.columns)
  const response = new Float64Array(TABLE_HOURS).fill(Number.NaN)
  for (let hour = first; hour < TABLE_HOURS; hour++) {
    units.write(table, hour, row)
    response[hour] = product(weights, row)
  }
  return response
}
