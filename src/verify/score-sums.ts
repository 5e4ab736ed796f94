import type { Settlement } from '../domain/forecast.ts'
import { addIntervals, emptyIntervalTally } from './interval-sums.ts'
import { addAgainst, addError, emptyModelTally, referenceErrors, type Tally } from './model-sums.ts'

/** Everything that is added up over one stretch of time: a month of the year, a year, a whole run. */
export interface Tallies {
  readonly models: Record<string, Tally>
  readonly intervals: Tally
}

export function emptyTallies(): Tallies {
  return { models: {}, intervals: emptyIntervalTally() }
}

export function addSettlement(tallies: Tallies, settlement: Settlement): void {
  const { leadIndex, models, truth } = settlement
  addIntervals(tallies.intervals, settlement)
  const references = referenceErrors(settlement)
  for (const [name, said] of models) {
    tallies.models[name] ??= emptyModelTally()
    const error = said[leadIndex]! - truth
    addError(tallies.models[name], leadIndex, error)
    addAgainst(tallies.models[name], leadIndex, { error, references })
  }
}

/** The tallies of a stretch less those of its beginning. */
export function less({ models, intervals }: Tallies, beginning: Tallies): Tallies {
  return {
    models: Object.fromEntries(
      Object.entries(models).map(([name, tally]) => [name, difference(tally, beginning.models[name])]),
    ),
    intervals: difference(intervals, beginning.intervals),
  }
}

function difference(tally: Tally, beginning: Tally | undefined): Tally {
  return tally.map((value, column) => value - (beginning?.[column] ?? 0))
}

/** The tallies of several stretches together. */
export function together(parts: Iterable<Tallies>): Tallies {
  const sum = emptyTallies()
  for (const { models, intervals } of parts) {
    addAll(sum.intervals, intervals)
    for (const [name, tally] of Object.entries(models)) {
      sum.models[name] ??= emptyModelTally()
      addAll(sum.models[name], tally)
    }
  }
  return sum
}

function addAll(sum: Tally, tally: Tally): void {
  for (let column = 0; column < sum.length; column++) sum[column]! += tally[column]!
}
