import { LEADS } from '../domain/forecast.ts'
import type { BacktestResultsState } from '../verify/backtest-results.ts'
import { headToHeadResult } from '../verify/head-to-head.ts'
import { type Columns, RowSums } from '../verify/hourly-sums.ts'
import { coverage, meanCrps, meanWidth } from '../verify/interval-sums.ts'
import { INTERVAL_LEVELS } from '../verify/losses.ts'
import { bias, count, mae, overLeads, rmse, skill } from '../verify/model-sums.ts'
import { mergeSums, type ScoreSums } from '../verify/score-sums.ts'

const DAY_AHEAD = LEADS - 1

/** A model over one stretch of time. Errors in the unit of errors; null where it is unknown. */
export interface ModelFigures {
  /** Forecasts scored at +24 h. */
  readonly n24h: number
  readonly mae24h: number | null
  /** Mean of the MAE over leads +1 to +24 h. */
  readonly maeMean: number | null
  readonly bias24h: number | null
  readonly rmse24h: number | null
  /** 1 - MAE / MAE of persistence at +24 h, over the forecasts that both made; likewise against the others. */
  readonly skill24h: number | null
  readonly skill24hSeasonalNaive: number | null
  readonly skill24hClimatology: number | null
  /** Of the published forecast alone, at +24 h: mean CRPS, coverage and width of the 90 % interval. */
  readonly crps24h: number | null
  readonly coverage90: number | null
  readonly width90: number | null
}

type ByLead = readonly (number | null)[]

/** The same by lead, +1 to +24 h. Shape of each: [lead 24]. */
export interface LeadFigures {
  readonly mae: ByLead
  readonly bias: ByLead
  readonly rmse: ByLead
  readonly skill: ByLead
  readonly crps?: ByLead
  readonly coverage50?: ByLead
  readonly coverage80?: ByLead
  readonly coverage90?: ByLead
  readonly width90?: ByLead
}

export interface ModelResults extends ModelFigures {
  /** By year of the issue time on the station's clock. */
  readonly years: Readonly<Record<string, ModelFigures>>
  readonly leads: LeadFigures
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
  readonly models: Readonly<Record<string, ModelResults>>
}

export function figuresOf(results: BacktestResultsState, published: string): Figures {
  const { years, scored, headToHead, scoredHeadToHead, worst } = results
  const all = mergeSums(Object.values(years))
  const { winRate, windows } = headToHeadResult(scoredHeadToHead)
  return {
    scored,
    belowPersistenceFromDay: headToHeadResult(headToHead).belowFromDay,
    windowsWon30d: rounded(winRate ?? Number.NaN),
    windows30d: windows,
    worstCoverage90In30d: byLead((lead) => worst.lowest[lead]!),
    models: Object.fromEntries(
      Object.keys(all.models).map((name) => {
        const figures = (scoreSums: ScoreSums) => modelFigures(scoreSums, { name, published })
        const years = Object.entries(results.years).filter(([, { models }]) => name in models)
        return [
          name,
          {
            ...figures(all),
            years: Object.fromEntries(years.map(([year, scoreSums]) => [year, figures(scoreSums)])),
            leads: leadFigures(all, { name, published }),
          },
        ]
      }),
    ),
  }
}

interface Named {
  readonly name: string
  readonly published: string
}

function modelFigures({ models, intervals }: ScoreSums, { name, published }: Named): ModelFigures {
  const sums = new RowSums(models[name]!)
  const ofIntervals = name === published ? new RowSums(intervals) : undefined
  const ofInterval = (of: (sums: Columns) => number) => (ofIntervals ? rounded(of(ofIntervals)) : null)
  return {
    n24h: count(sums, DAY_AHEAD),
    mae24h: rounded(mae(sums, DAY_AHEAD)),
    maeMean: rounded(overLeads((lead) => mae(sums, lead))),
    bias24h: rounded(bias(sums, DAY_AHEAD)),
    rmse24h: rounded(rmse(sums, DAY_AHEAD)),
    skill24h: rounded(skill(sums, DAY_AHEAD, 'persistence')),
    skill24hSeasonalNaive: rounded(skill(sums, DAY_AHEAD, 'seasonal_naive')),
    skill24hClimatology: rounded(skill(sums, DAY_AHEAD, 'climatology')),
    crps24h: ofInterval((of) => meanCrps(of, DAY_AHEAD)),
    coverage90: ofInterval((of) => coverage(of, DAY_AHEAD, 0)),
    width90: ofInterval((of) => meanWidth(of, DAY_AHEAD, 0)),
  }
}

function leadFigures({ models, intervals }: ScoreSums, { name, published }: Named): LeadFigures {
  const sums = new RowSums(models[name]!)
  const errors = {
    mae: byLead((lead) => mae(sums, lead)),
    bias: byLead((lead) => bias(sums, lead)),
    rmse: byLead((lead) => rmse(sums, lead)),
    skill: byLead((lead) => skill(sums, lead, 'persistence')),
  }
  if (name !== published) return errors
  const of = new RowSums(intervals)
  const covered = (nominal: (typeof INTERVAL_LEVELS)[number]) =>
    byLead((lead) => coverage(of, lead, INTERVAL_LEVELS.indexOf(nominal)))
  return {
    ...errors,
    crps: byLead((lead) => meanCrps(of, lead)),
    coverage50: covered(0.5),
    coverage80: covered(0.8),
    coverage90: covered(0.9),
    width90: byLead((lead) => meanWidth(of, lead, 0)),
  }
}

function byLead(of: (lead: number) => number): ByLead {
  return Array.from({ length: LEADS }, (_, lead) => rounded(of(lead)))
}

/** To a ten-thousandth; null where it is unknown. */
function rounded(value: number): number | null {
  return Number.isNaN(value) ? null : Math.round(value * 1e4) / 1e4
}
