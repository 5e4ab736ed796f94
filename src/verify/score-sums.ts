import type { Settlement } from '../domain/forecast.ts'
import { addIntervals, emptyIntervalSums } from './interval-sums.ts'
import { addAgainst, addError, emptyModelSums, type LeadSums, referenceErrors } from './model-sums.ts'

/** Everything that is added up over one stretch of time: a month of the year, a year, a whole run. */
export interface ScoreSums {
  readonly models: Record<string, LeadSums>
  readonly intervals: LeadSums
}

export function emptyScoreSums(): ScoreSums {
  return { models: {}, intervals: emptyIntervalSums() }
}

export function addSettlement(sums: ScoreSums, settlement: Settlement): void {
  const { leadIndex, models, truth } = settlement
  addIntervals(sums.intervals, settlement)
  const references = referenceErrors(settlement)
  models.forEach((predicted, name) => {
    sums.models[name] ??= emptyModelSums()
    const error = predicted[leadIndex]! - truth
    addError(sums.models[name], leadIndex, error)
    addAgainst(sums.models[name], leadIndex, { error, references })
  })
}

/** The sums over a stretch of time without those over its beginning. */
export function subtractSums({ models, intervals }: ScoreSums, beginning: ScoreSums): ScoreSums {
  return {
    models: Object.fromEntries(
      Object.entries(models).map(([name, sums]) => [name, difference(sums, beginning.models[name])]),
    ),
    intervals: difference(intervals, beginning.intervals),
  }
}

function difference(sums: LeadSums, beginning: LeadSums | undefined): LeadSums {
  return sums.map((value, column) => value - (beginning?.[column] ?? 0))
}

/** The sums of several stretches together. */
export function mergeSums(parts: Iterable<ScoreSums>): ScoreSums {
  const sum = emptyScoreSums()
  for (const { models, intervals } of parts) {
    addAll(sum.intervals, intervals)
    for (const [name, sums] of Object.entries(models)) {
      sum.models[name] ??= emptyModelSums()
      addAll(sum.models[name], sums)
    }
  }
  return sum
}

/** Adds one row of sums to another of the same columns. */
export function addAll(sum: LeadSums, sums: LeadSums): void {
  for (let column = 0; column < sum.length; column++) sum[column]! += sums[column]!
}
