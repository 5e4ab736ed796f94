import { BASELINES, type Baseline } from '../domain/baselines.ts'
import { LEADS, type Settlement } from '../domain/forecast.ts'
import type { Columns, SumRow } from './hourly-sums.ts'

/*
 * What is added up of one model. Sums over disjoint stretches of time add up to those over both, so one set of columns
 * serves months, years and all; rolling windows keep the first few. Shape: [column][lead 24].
 */

/** The models that skill is measured against, wherever they take part. */
export const REFERENCES = BASELINES
export type Reference = Baseline

const COUNT = 0
export const ABSOLUTE = 1
export const SIGNED = 2
export const SQUARED = 3
/** |error| of the model where that reference had a forecast too, and of the reference there: a column for each reference. */
const OWN = 4
const THEIRS = OWN + REFERENCES.length
/** Of a rolling window. */
export const ERROR_COLUMNS = OWN
export const MODEL_COLUMNS = THEIRS + REFERENCES.length

export type LeadSums = Float64Array

/** The errors of the references in one settlement, NaN where one had no forecast. */
export type ReferenceErrors = readonly number[]

export function referenceErrors({ models, leadIndex, truth }: Settlement): ReferenceErrors {
  return REFERENCES.map((name) => Math.abs((models.get(name)?.[leadIndex] ?? Number.NaN) - truth))
}

/** Adds an error to the columns that a rolling window has. */
export function addError(row: SumRow, lead: number, error: number): void {
  row[COUNT * LEADS + lead]! += 1
  row[ABSOLUTE * LEADS + lead]! += Math.abs(error)
  row[SIGNED * LEADS + lead]! += error
  row[SQUARED * LEADS + lead]! += error * error
}

/** Adds it to the columns that compare it with the references. */
export function addAgainst(sums: LeadSums, lead: number, { error, references }: Compared): void {
  for (let index = 0; index < REFERENCES.length; index++) {
    const theirs = references[index]!
    if (Number.isNaN(theirs)) continue
    sums[(OWN + index) * LEADS + lead]! += Math.abs(error)
    sums[(THEIRS + index) * LEADS + lead]! += theirs
  }
}

interface Compared {
  readonly error: number
  readonly references: ReferenceErrors
}

export function emptyModelSums(): LeadSums {
  return new Float64Array(LEADS * MODEL_COLUMNS)
}

/** Over how many forecasts the figures at a lead are. */
export function count(sums: Columns, lead: number): number {
  return sums.at(COUNT * LEADS + lead)
}

/** Mean absolute error at a lead, in the target's unit; NaN where nothing was settled. */
export function mae(sums: Columns, lead: number): number {
  return mean(sums, lead, ABSOLUTE)
}

/** Mean of forecast - truth. */
export function bias(sums: Columns, lead: number): number {
  const n = count(sums, lead)
  return n > 0 ? sums.at(SIGNED * LEADS + lead) / n : Number.NaN
}

/** Root of the mean squared error. */
export function rmse(sums: Columns, lead: number): number {
  return Math.sqrt(mean(sums, lead, SQUARED))
}

/** 1 - MAE / MAE of the reference, over the forecasts that both made; NaN where there are none. */
export function skill(sums: Columns, lead: number, reference: Reference): number {
  const index = REFERENCES.indexOf(reference)
  const theirs = sums.at((THEIRS + index) * LEADS + lead)
  return theirs > 0 ? 1 - Math.max(0, sums.at((OWN + index) * LEADS + lead)) / theirs : Number.NaN
}

/** Mean over all leads of a figure at each; NaN where one is unknown. */
export function overLeads(of: (lead: number) => number): number {
  let sum = 0
  for (let lead = 0; lead < LEADS; lead++) sum += of(lead)
  return sum / LEADS
}

/** A mean that cannot be negative: what has left a window may leave its last bit of rounding behind. */
function mean(sums: Columns, lead: number, column: number): number {
  const n = count(sums, lead)
  return n > 0 ? Math.max(0, sums.at(column * LEADS + lead)) / n : Number.NaN
}
