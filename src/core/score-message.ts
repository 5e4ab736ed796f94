import { LEADS } from '../domain/forecast.ts'
import { DAY, formatInstant } from '../domain/instant.ts'
import { type Provenance, thousandth } from '../protocol/encode.ts'
import { SCORE_WINDOWS, type ScoreMessage } from '../protocol/scores.ts'
import { type ByWindow, type Columns, RowSums, type Window } from '../verify/hourly-sums.ts'
import { coverage, intervalCount, meanCrps, meanWidth } from '../verify/interval-sums.ts'
import { INTERVAL_LEVELS } from '../verify/losses.ts'
import { bias, count, mae, REFERENCES, rmse, skill } from '../verify/model-sums.ts'
import { type ScoreTable, skillIn } from '../verify/rolling.ts'
import type { ScoreSums } from '../verify/score-sums.ts'

type ModelScores = ScoreMessage['models'][string]
type LeadWindows = ModelScores['mae']
type Figure = (sums: Columns, lead: number) => number

export type SummaryStatistics = Omit<ModelScores, 'mae' | 'n'>

/** The windows that summary statistics are over: a day of errors says more of the weather than of a model. */
const LONG_WINDOWS = ['30d', 'all'] as const
const DAY_AHEAD = LEADS - 1

/** The figures that are worked out anew once a day. Plain data. */
export interface ScoreDigest {
  statistics: ReadonlyMap<string, SummaryStatistics>
  /** Day of event time (UTC), counted from 1970. */
  renewedIn: number | undefined
}

export function emptyDigest(): ScoreDigest {
  return { statistics: new Map(), renewedIn: undefined }
}

/**
 * The table of scores as it is pushed with every forecast, in thousandths of the unit: small enough for that, so that
 * bias, RMSE, skill and months come for the long windows alone, and are worked out anew each day of event time (UTC). `verificationMessage` has everything.
 */
export function scoreMessage(
  digest: ScoreDigest,
  {
    table,
    unit,
    months,
    provenance,
  }: {
    readonly table: ScoreTable
    readonly unit: string
    readonly months: () => readonly ScoreSums[]
    readonly provenance: Provenance
  },
): ScoreMessage {
  renewDigest(digest, table, months)
  const { asOf, models, intervals } = table
  const issues = byLead(intervals, intervalCount)
  const scores: ScoreMessage['models'] = {}
  for (const [name, sums] of models) {
    // Most models have forecast at every issue: then the counts are told by one object for all.
    const n = intervals && alwaysAvailable(sums, intervals) ? issues : byLead(sums, count)
    scores[name] = { mae: byLead(sums, mae), n, ...digest.statistics.get(name) }
  }
  return {
    as_of: formatInstant(asOf),
    unit,
    models: scores,
    coverage90: byLead(intervals, (sums, lead) => coverage(sums, lead, 0)),
    width90: byLead(intervals, (sums, lead) => meanWidth(sums, lead, 0)),
    coverage: byLevel(intervals, coverage),
    width: byLevel(intervals, meanWidth),
    crps: overWindows(intervals, SCORE_WINDOWS, meanCrps),
    ...provenance,
  }
}

/**
 * Works anew out what is due. To be called for a score that was published by an earlier run, too: those after it would
 * have other figures otherwise.
 */
export function renewDigest(
  digest: ScoreDigest,
  table: ScoreTable,
  months: () => readonly ScoreSums[],
): void {
  const day = Math.floor(table.asOf / DAY)
  if (day === digest.renewedIn && digest.statistics.size === table.models.size) return
  digest.renewedIn = day
  const byMonth = months()
  digest.statistics = new Map(
    [...table.models.keys()].map((name) => [name, summaryStatistics(name, table, byMonth)]),
  )
}

function summaryStatistics(name: string, table: ScoreTable, months: readonly ScoreSums[]): SummaryStatistics {
  const windows = table.models.get(name)
  const byMonth = (of: Figure) =>
    months.map(({ models }) => (models[name] ? rounded(of(new RowSums(models[name]), DAY_AHEAD)) : null))
  return {
    bias: overWindows(windows, LONG_WINDOWS, bias),
    rmse: overWindows(windows, LONG_WINDOWS, rmse),
    skill: Object.fromEntries(
      REFERENCES.map((reference) => [
        reference,
        Object.fromEntries(
          LONG_WINDOWS.map((window) => [
            window,
            eachLead((lead) => skillIn(table, { model: name, reference, window, lead })),
          ]),
        ),
      ]),
    ),
    by_month: {
      mae_24h: byMonth(mae),
      skill_24h: byMonth((sums, lead) => skill(sums, lead, 'persistence')),
    },
  }
}

function byLevel(
  byWindow: ByWindow<Columns> | undefined,
  of: (sums: Columns, lead: number, interval: number) => number,
): NonNullable<ScoreMessage['coverage']> {
  return Object.fromEntries(
    INTERVAL_LEVELS.map((level, interval) => [
      level,
      overWindows(byWindow, SCORE_WINDOWS, (sums, lead) => of(sums, lead, interval)),
    ]),
  )
}

function overWindows(
  byWindow: ByWindow<Columns> | undefined,
  windows: readonly Window[],
  of: Figure,
): Record<string, (number | null)[]> {
  const result: Record<string, (number | null)[]> = {}
  if (byWindow) for (const window of windows) result[window] = leads(byWindow[window], of)
  return result
}

function alwaysAvailable(model: ByWindow<Columns>, intervals: ByWindow<Columns>): boolean {
  for (const window of SCORE_WINDOWS) {
    for (let lead = 0; lead < LEADS; lead++) {
      if (count(model[window], lead) !== intervalCount(intervals[window], lead)) return false
    }
  }
  return true
}

/** Shape by lead in hours, `"1"` to `"24"`, then by window. */
function byLead(byWindow: ByWindow<Columns> | undefined, of: Figure): LeadWindows {
  const result: LeadWindows = {}
  for (let lead = 0; lead < LEADS; lead++) {
    result[lead + 1] = {
      '1d': byWindow ? rounded(of(byWindow['1d'], lead)) : null,
      '7d': byWindow ? rounded(of(byWindow['7d'], lead)) : null,
      '30d': byWindow ? rounded(of(byWindow['30d'], lead)) : null,
      all: byWindow ? rounded(of(byWindow.all, lead)) : null,
    }
  }
  return result
}

/** Shape [lead 24], null where it is unknown. */
export function leads(sums: Columns, of: Figure): (number | null)[] {
  return eachLead((lead) => of(sums, lead))
}

export function eachLead(of: (lead: number) => number): (number | null)[] {
  const result: (number | null)[] = []
  for (let lead = 0; lead < LEADS; lead++) result.push(rounded(of(lead)))
  return result
}

function rounded(value: number): number | null {
  return Number.isNaN(value) ? null : thousandth(value)
}
