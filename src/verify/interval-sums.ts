import { LEADS, type Settlement } from '../domain/forecast.ts'
import type { Columns, SumRow } from './hourly-sums.ts'
import { crps, INTERVAL_LEVELS, widthOf, within } from './losses.ts'
import type { LeadSums } from './model-sums.ts'

/* What is added up of the published intervals. Shape: [column][lead 24]. */

const COUNT = 0
const CRPS = 1
/** A column for each interval, the widest first. */
const INSIDE = 2
const WIDTH = INSIDE + INTERVAL_LEVELS.length
export const INTERVAL_COLUMNS = WIDTH + INTERVAL_LEVELS.length

/** Adds a settlement to the columns. */
export function addIntervals(row: SumRow, { leadIndex, quantiles, truth }: Settlement): void {
  row[COUNT * LEADS + leadIndex]! += 1
  row[CRPS * LEADS + leadIndex]! += crps(quantiles, truth)
  for (let interval = 0; interval < INTERVAL_LEVELS.length; interval++) {
    if (within(quantiles, interval, truth)) row[(INSIDE + interval) * LEADS + leadIndex]! += 1
    row[(WIDTH + interval) * LEADS + leadIndex]! += widthOf(quantiles, interval)
  }
}

export function emptyIntervalSums(): LeadSums {
  return new Float64Array(LEADS * INTERVAL_COLUMNS)
}

/** Over how many forecasts the figures at a lead are. */
export function intervalCount(sums: Columns, lead: number): number {
  return sums.at(COUNT * LEADS + lead)
}

/** Mean continuous ranked probability score of the published quantiles at a lead; NaN where nothing was settled. */
export function meanCrps(sums: Columns, lead: number): number {
  return mean(sums, lead, CRPS)
}

/** Share of the truths within the n-th interval of INTERVAL_LEVELS. */
export function coverage(sums: Columns, lead: number, interval: number): number {
  return mean(sums, lead, INSIDE + interval)
}

/** Mean width of the n-th interval of INTERVAL_LEVELS, in the target's unit. */
export function meanWidth(sums: Columns, lead: number, interval: number): number {
  return mean(sums, lead, WIDTH + interval)
}

function mean(sums: Columns, lead: number, column: number): number {
  const n = intervalCount(sums, lead)
  return n > 0 ? Math.max(0, sums.at(column * LEADS + lead)) / n : Number.NaN
}
