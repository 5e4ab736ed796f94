import type { Fold } from '../domain/fold.ts'
import { LEADS, type Settlement } from '../domain/forecast.ts'
import { HOUR, type Instant } from '../domain/instant.ts'
import {
  advanceTo,
  type ByWindow,
  type Columns,
  emptySums,
  type HourlySums,
  RowSums,
  rowsOf,
  totalsAt,
  type Window,
} from './hourly-sums.ts'
import { addIntervals, INTERVAL_COLUMNS, intervalCount } from './interval-sums.ts'
import { addError, count, ERROR_COLUMNS, mae, type Reference, skill } from './model-sums.ts'
import { addSettlement, emptyScoreSums, type ScoreSums } from './score-sums.ts'

/** How good forecasts have been, by valid time. Figures are read from the sums by `model-sums.ts` and `interval-sums.ts`. */
export interface ScoreTable {
  readonly asOf: Instant
  readonly models: ReadonlyMap<string, ByWindow<Columns>>
  /** Of the published intervals; undefined before the first settlement. */
  readonly intervals: ByWindow<Columns> | undefined
}

export interface RollingState {
  /** By model. */
  readonly models: Record<string, HourlySums>
  /** Undefined before the first settlement. */
  intervals: HourlySums | undefined
  readonly sinceStart: ScoreSums
}

/** Adds settlements up by model, lead and hour of their valid time. */
export const rolling: Fold<RollingState, readonly Settlement[], undefined> = {
  initial: () => ({ models: {}, intervals: undefined, sinceStart: emptyScoreSums() }),
  step(state, settlements) {
    for (const settlement of settlements) add(state, settlement)
    return { state, output: undefined }
  },
}

function add(state: RollingState, settlement: Settlement): void {
  addSettlement(state.sinceStart, settlement)
  const { validAt, leadIndex, models, truth } = settlement
  const hour = Math.floor(validAt / HOUR)
  state.intervals ??= emptySums(LEADS * INTERVAL_COLUMNS, hour)
  const { intervals } = state
  if (hour > intervals.hour) {
    advanceTo(intervals, hour)
    for (const name in state.models) advanceTo(state.models[name]!, hour)
  }
  for (const row of rowsOf(intervals, hour)) addIntervals(row, settlement)
  models.forEach((predicted, name) => {
    state.models[name] ??= emptySums(LEADS * ERROR_COLUMNS, intervals.hour)
    const sums = state.models[name]
    const error = predicted[leadIndex]! - truth
    if (hour >= sums.hour) addError(sums.open, leadIndex, error)
    else for (const row of rowsOf(sums, hour)) addError(row, leadIndex, error)
  })
}

/** The table as of a time, or of the newest valid time settled where that is later: a view, good until the next settlement. */
export function scoreTable({ models, intervals, sinceStart }: RollingState, asOf: Instant): ScoreTable {
  const hour = Math.floor(asOf / HOUR)
  return {
    asOf,
    models: new Map(
      Object.entries(models).map(([name, sums]) => [
        name,
        { ...totalsAt(sums, hour), all: new RowSums(sinceStart.models[name]!) },
      ]),
    ),
    intervals: intervals && { ...totalsAt(intervals, hour), all: new RowSums(sinceStart.intervals) },
  }
}

/**
 * 1 - MAE / MAE of the reference over the same forecasts. In a rolling window that is known once both had a forecast at
 * every issue in it; since the start, over the issues at which both had one. NaN where it is unknown.
 */
export function skillIn(
  { models, intervals }: ScoreTable,
  {
    model,
    reference,
    window,
    lead,
  }: {
    readonly model: string
    readonly reference: Reference
    readonly window: Window
    readonly lead: number
  },
): number {
  const own = models.get(model)?.[window]
  const theirs = models.get(reference)?.[window]
  if (!own || !theirs || !intervals) return Number.NaN
  if (window === 'all') return skill(own, lead, reference)
  const issues = intervalCount(intervals[window], lead)
  if (count(own, lead) !== issues || count(theirs, lead) !== issues) return Number.NaN
  const best = mae(theirs, lead)
  return best > 0 ? 1 - mae(own, lead) / best : Number.NaN
}
