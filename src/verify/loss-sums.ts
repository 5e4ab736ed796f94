import type { DailyDifferences } from './equal-accuracy.ts'

/*
 * Losses of many models over the same forecasts, added up by day of issue and apart by who took part, so that any two
 * can be paired afterwards over just what both forecast. What it takes grows with the days, not with the forecasts.
 */

/** Of a day's forecasts that just these models made. */
export interface RosterLosses {
  /** A bit for each that took part, by its place. */
  readonly roster: number
  /** The same, 1 or 0 by place. */
  readonly took: Uint8Array
  forecasts: number
  /** Shape [model]; zero of one that took no part, and shorter where a model was not known yet. */
  readonly sums: Float64Array
}

/** By day of issue, counted from 1970 (UTC). */
export type LossSums = Map<number, RosterLosses[]>

/** Bits that a number holds exactly: so many models are told apart at most. */
export const MOST_MODELS = 52

/** Adds one forecast at one lead: by model its loss, NaN where it made none. */
export function addLosses(state: LossSums, day: number, losses: Float64Array): void {
  const roster = rosterOf(losses)
  if (roster === 0) return
  let parts = state.get(day)
  if (!parts) {
    parts = []
    state.set(day, parts)
  }
  let part = parts.find((one) => one.roster === roster)
  if (!part) {
    part = {
      roster,
      took: Uint8Array.from(losses, (loss) => (Number.isNaN(loss) ? 0 : 1)),
      forecasts: 0,
      sums: new Float64Array(losses.length),
    }
    parts.push(part)
  }
  part.forecasts++
  for (let model = 0; model < losses.length; model++) {
    const loss = losses[model]!
    if (!Number.isNaN(loss)) part.sums[model]! += loss
  }
}

function rosterOf(losses: Float64Array): number {
  let roster = 0
  for (let model = 0; model < losses.length; model++) if (!Number.isNaN(losses[model]!)) roster += 2 ** model
  return roster
}

/** Whether all of these models, by place, took part. */
function took(part: RosterLosses, models: readonly number[]): boolean {
  for (const model of models) if (part.took[model] !== 1) return false
  return true
}

/** Which days count; default: all. */
export type DayChoice = (day: number) => boolean

/** How many forecasts all of these models made. */
export function inCommon(state: LossSums, models: readonly number[], chosen: DayChoice = () => true): number {
  let count = 0
  for (const [day, parts] of state) {
    if (!chosen(day)) continue
    for (const part of parts) if (took(part, models)) count += part.forecasts
  }
  return count
}

/** Each model's mean loss over the forecasts that all of these made, in their order; NaN without any. */
export function meanLosses(
  state: LossSums,
  models: readonly number[],
  chosen: DayChoice = () => true,
): { readonly forecasts: number; readonly losses: number[] } {
  const sums = models.map(() => 0)
  let forecasts = 0
  for (const [day, parts] of state) {
    if (!chosen(day)) continue
    for (const part of parts) {
      if (!took(part, models)) continue
      forecasts += part.forecasts
      for (const [at, model] of models.entries()) sums[at]! += part.sums[model]!
    }
  }
  return { forecasts, losses: sums.map((sum) => sum / forecasts) }
}

/** Of one model against another, over the forecasts that both and all of `among` made. */
export function dailyDifferences(
  state: LossSums,
  [one, other]: readonly [number, number],
  {
    among = [],
    chosen = () => true,
  }: { readonly among?: readonly number[]; readonly chosen?: DayChoice } = {},
): DailyDifferences {
  const all = [...among, one, other]
  const sums: number[] = []
  const counts: number[] = []
  for (const day of [...state.keys()].filter(chosen).sort((a, b) => a - b)) {
    let sum = 0
    let count = 0
    for (const part of state.get(day)!) {
      if (!took(part, all)) continue
      sum += part.sums[one]! - part.sums[other]!
      count += part.forecasts
    }
    if (count === 0) continue
    sums.push(sum)
    counts.push(count)
  }
  return { sums: Float64Array.from(sums), counts: Float64Array.from(counts) }
}
