import { LEADS } from '../domain/forecast.ts'
import type { Columns } from '../verify/hourly-sums.ts'
import { coverage, meanCrps, meanWidth } from '../verify/interval-sums.ts'
import { INTERVAL_LEVELS } from '../verify/losses.ts'
import { bias, count, mae, overLeads, type Reference, rmse } from '../verify/model-sums.ts'

export const DAY_AHEAD = LEADS - 1

/** A model over one stretch of time. Errors in the unit of errors; null where it is unknown. */
export interface ModelFigures {
  /** Forecasts scored at +24 h. */
  readonly n24h: number
  readonly mae24h: number | null
  /** Mean of the MAE over leads +1 to +24 h. */
  readonly maeMean: number | null
  readonly bias24h: number | null
  readonly rmse24h: number | null
  /** 1 - MAE / MAE of persistence at +24 h, over the same forecasts; likewise against the others. */
  readonly skill24h: number | null
  readonly skill24hSeasonalNaive: number | null
  readonly skill24hClimatology: number | null
  /** Of the published forecast alone, at +24 h: mean CRPS, coverage and width of the 90 % interval. */
  readonly crps24h: number | null
  readonly coverage90: number | null
  readonly width90: number | null
}

export type ByLead = readonly (number | null)[]

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

/** What the figures of one model over one stretch of time are read from. */
export interface Stretch {
  readonly errors: Columns
  /** Of the published forecast alone. */
  readonly intervals: Columns | undefined
  readonly skillAgainst: (reference: Reference, lead: number) => number
}

export function resultsOf(all: Stretch, years: readonly (readonly [string, Stretch])[]): ModelResults {
  return {
    ...modelFigures(all),
    years: Object.fromEntries(years.map(([year, stretch]) => [year, modelFigures(stretch)])),
    leads: leadFigures(all),
  }
}

function modelFigures({ errors, intervals, skillAgainst }: Stretch): ModelFigures {
  const ofInterval = (of: (sums: Columns) => number) => (intervals ? rounded(of(intervals)) : null)
  return {
    n24h: count(errors, DAY_AHEAD),
    mae24h: rounded(mae(errors, DAY_AHEAD)),
    maeMean: rounded(overLeads((lead) => mae(errors, lead))),
    bias24h: rounded(bias(errors, DAY_AHEAD)),
    rmse24h: rounded(rmse(errors, DAY_AHEAD)),
    skill24h: rounded(skillAgainst('persistence', DAY_AHEAD)),
    skill24hSeasonalNaive: rounded(skillAgainst('seasonal_naive', DAY_AHEAD)),
    skill24hClimatology: rounded(skillAgainst('climatology', DAY_AHEAD)),
    crps24h: ofInterval((of) => meanCrps(of, DAY_AHEAD)),
    coverage90: ofInterval((of) => coverage(of, DAY_AHEAD, 0)),
    width90: ofInterval((of) => meanWidth(of, DAY_AHEAD, 0)),
  }
}

function leadFigures({ errors, intervals, skillAgainst }: Stretch): LeadFigures {
  const ofErrors = {
    mae: byLead((lead) => mae(errors, lead)),
    bias: byLead((lead) => bias(errors, lead)),
    rmse: byLead((lead) => rmse(errors, lead)),
    skill: byLead((lead) => skillAgainst('persistence', lead)),
  }
  if (!intervals) return ofErrors
  const covered = (nominal: (typeof INTERVAL_LEVELS)[number]) =>
    byLead((lead) => coverage(intervals, lead, INTERVAL_LEVELS.indexOf(nominal)))
  return {
    ...ofErrors,
    crps: byLead((lead) => meanCrps(intervals, lead)),
    coverage50: covered(0.5),
    coverage80: covered(0.8),
    coverage90: covered(0.9),
    width90: byLead((lead) => meanWidth(intervals, lead, 0)),
  }
}

export function byLead(of: (lead: number) => number): ByLead {
  return Array.from({ length: LEADS }, (_, lead) => rounded(of(lead)))
}

/** To a ten-thousandth; null where it is unknown. */
export function rounded(value: number): number | null {
  return Number.isNaN(value) ? null : Math.round(value * 1e4) / 1e4
}
