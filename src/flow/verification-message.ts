import { eachLead, leads } from '../core/score-message.ts'
import { formatInstant } from '../domain/instant.ts'
import type { Provenance } from '../protocol/encode.ts'
import { SCORE_WINDOWS, type VerificationMessage } from '../protocol/scores.ts'
import { type Columns, RowSums } from '../verify/hourly-sums.ts'
import { coverage, intervalCount, meanCrps, meanWidth } from '../verify/interval-sums.ts'
import { INTERVAL_LEVELS } from '../verify/losses.ts'
import { bias, count, mae, REFERENCES, type Reference, rmse, skill } from '../verify/model-sums.ts'
import { type ScoreTable, skillIn } from '../verify/rolling.ts'
import type { ScoreSums } from '../verify/score-sums.ts'

type ModelFigures = VerificationMessage['models'][string]['windows'][string]
type IntervalFigures = VerificationMessage['intervals']['windows'][string]

/** Everything that is known of how good forecasts have been: all figures, leads, windows and months. */
export function verificationMessage(
  table: ScoreTable,
  {
    unit,
    months,
    provenance,
  }: { readonly unit: string; readonly months: readonly ScoreSums[]; readonly provenance: Provenance },
): VerificationMessage {
  const described: VerificationMessage['models'] = {}
  for (const [model, sums] of table.models) {
    described[model] = {
      windows: Object.fromEntries(
        SCORE_WINDOWS.map((window) => {
          const against = byReference((lead, reference) => skillIn(table, { model, reference, window, lead }))
          return [window, { ...errors(sums[window]), skill: against }]
        }),
      ),
      months: months.map(({ models }) => {
        if (!models[model]) return null
        const month = new RowSums(models[model])
        return { ...errors(month), skill: byReference((lead, reference) => skill(month, lead, reference)) }
      }),
    }
  }
  const { intervals } = table
  return {
    as_of: formatInstant(table.asOf),
    unit,
    models: described,
    intervals: {
      windows: intervals
        ? Object.fromEntries(SCORE_WINDOWS.map((window) => [window, intervalFigures(intervals[window])]))
        : {},
      months: months.map((month) => intervalFigures(new RowSums(month.intervals))),
    },
    ...provenance,
  }
}

function byReference(of: (lead: number, reference: Reference) => number): ModelFigures['skill'] {
  return Object.fromEntries(
    REFERENCES.map((reference) => [reference, eachLead((lead) => of(lead, reference))]),
  )
}

function errors(sums: Columns): Omit<ModelFigures, 'skill'> {
  return { n: leads(sums, count), mae: leads(sums, mae), bias: leads(sums, bias), rmse: leads(sums, rmse) }
}

function intervalFigures(sums: Columns): IntervalFigures {
  const byLevel = (of: (sums: Columns, lead: number, interval: number) => number) =>
    Object.fromEntries(
      INTERVAL_LEVELS.map((level, interval) => [
        String(level),
        leads(sums, (sums, lead) => of(sums, lead, interval)),
      ]),
    )
  return {
    n: leads(sums, intervalCount),
    crps: leads(sums, meanCrps),
    coverage: byLevel(coverage),
    width: byLevel(meanWidth),
  }
}
