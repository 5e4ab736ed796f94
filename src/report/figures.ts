import { isBaseline, REFERENCE } from '../domain/baselines.ts'
import type { BacktestResultsState } from '../verify/backtest-results.ts'
import { headToHeadResult } from '../verify/head-to-head.ts'
import { coverageByHour } from '../verify/hour-coverage.ts'
import { RowSums } from '../verify/hourly-sums.ts'
import { count, mae, REFERENCES } from '../verify/model-sums.ts'
import { comparable, type RosterSums, sumsInCommon } from '../verify/roster-sums.ts'
import type { ScoreSums } from '../verify/score-sums.ts'
import {
  type ByLead,
  byLead,
  DAY_AHEAD,
  type ModelResults,
  resultsOf,
  rounded,
  type Stretch,
} from './model-figures.ts'

/** Models side by side: at each lead all figures are over the same forecasts, those that every one of them made. */
export interface Comparison {
  /** Over how many at +24 h. */
  readonly n24h: number
  /** In the order in which they came to forecast. */
  readonly models: Readonly<Record<string, ModelResults>>
}

/** What a backtest found, beside how it ran. */
export interface Figures {
  /** Forecast-leads that are scored. */
  readonly scored: number
  /** The day of the stream from which on the published forecast's MAE at +24 h since the start stays below persistence. */
  readonly belowPersistenceFromDay: number | null
  /** Share of all 30 days in a row in which it was below, and over how many such windows. */
  readonly windowsWon30d: number | null
  readonly windows30d: number
  /** The worst 30 days in a row of the 90 % interval, at each lead. */
  readonly worstCoverage90In30d: ByLead
  /** Of the published forecast over all leads, by hour of day of the valid time on the station's clock. Shape [hour 24]. */
  readonly coverage90ByHour: readonly (number | null)[]
  /** Of each model over all of its own forecasts, which may be others than the next one's: not to be held side by side. */
  readonly models: Readonly<Record<string, ModelResults>>
  /** The published forecast and the baselines. */
  readonly besideBaselines: Comparison
  /** All models that can be compared, `comparable` says which. */
  readonly comparison: Comparison
  /** The others, each beside the published forecast and persistence over its own forecasts. */
  readonly apart: Readonly<Record<string, Comparison>>
}

export function figuresOf(results: BacktestResultsState, published: string): Figures {
  const { years, scored, headToHead, scoredHeadToHead, worst, byHour } = results
  const { winRate, windows } = headToHeadResult(scoredHeadToHead)
  const parts = Object.values(years).flat()
  const names = [...new Set(parts.flatMap(({ roster }) => roster))]
  const among = (wanted: readonly string[]) => comparable(parts, { published, names: wanted })
  const compare = (chosen: readonly string[]) => comparisonOf(years, { names: chosen, published })
  const compared = among(names)
  const apart = names.filter((name) => !compared.includes(name))
  return {
    scored,
    belowPersistenceFromDay: headToHeadResult(headToHead).belowFromDay,
    windowsWon30d: rounded(winRate ?? Number.NaN),
    windows30d: windows,
    worstCoverage90In30d: byLead((lead) => worst.lowest[lead]!),
    coverage90ByHour: coverageByHour(byHour).map(rounded),
    models: byName(names, (name) => {
      const took = Object.entries(years).filter(([, each]) => each.some(({ models }) => name in models))
      return resultsOf(
        ownStretch(parts, { name, published }),
        took.map(([year, each]) => [year, ownStretch(each, { name, published })]),
      )
    }),
    besideBaselines: compare(among(names.filter((name) => name === published || isBaseline(name)))),
    comparison: compare(compared),
    apart: byName(apart, (name) =>
      compare(names.filter((other) => [name, published, REFERENCE].includes(other))),
    ),
  }
}

function byName<T>(names: readonly string[], of: (name: string) => T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, of(name)]))
}

interface Named {
  readonly name: string
  readonly published: string
}

function comparisonOf(
  years: BacktestResultsState['years'],
  { names, published }: { readonly names: readonly string[]; readonly published: string },
): Comparison {
  const all = sumsInCommon(Object.values(years).flat(), names)
  const byYear = Object.entries(years).map(([year, parts]) => [year, sumsInCommon(parts, names)] as const)
  const [first] = Object.values(all.models)
  return {
    n24h: first ? count(new RowSums(first), DAY_AHEAD) : 0,
    models: byName(names, (name) => {
      const stretch = (sums: ScoreSums) => stretchOf(sums, { name, published })
      return resultsOf(
        stretch(all),
        byYear.map(([year, sums]) => [year, stretch(sums)]),
      )
    }),
  }
}

/** Over all of its own forecasts; skill is over those that the reference made too. */
function ownStretch(parts: readonly RosterSums[], named: Named): Stretch {
  const pairs = new Map(
    REFERENCES.map((reference) => [
      reference,
      stretchOf(sumsInCommon(parts, [named.name, reference]), named),
    ]),
  )
  return {
    ...stretchOf(sumsInCommon(parts, [named.name]), named),
    skillAgainst: (reference, lead) => pairs.get(reference)!.skillAgainst(reference, lead),
  }
}

/** Over what all models in the sums have forecast; unknown is skill against one that is not among them. */
function stretchOf({ models, intervals }: ScoreSums, { name, published }: Named): Stretch {
  const errors = new RowSums(models[name]!)
  return {
    errors,
    intervals: name === published ? new RowSums(intervals) : undefined,
    skillAgainst(reference, lead) {
      const theirs = models[reference] ? mae(new RowSums(models[reference]), lead) : Number.NaN
      return theirs > 0 ? 1 - mae(errors, lead) / theirs : Number.NaN
    },
  }
}
