import type { ClosedForecast } from '../core/truth-join.ts'
import { LEADS, validTime } from '../domain/forecast.ts'
import { LEAD_COLUMNS, meanColumn, QUANTILE_COLUMNS } from '../tables/message-tables.ts'
import type { Column, Row } from '../tables/table.ts'

/** Forecasts beside what came; `experts` have a column each for their own mean. */
export function pairColumns(experts: readonly string[] = []): readonly Column[] {
  return [
    ...LEAD_COLUMNS,
    { name: 'mean', type: 'number' },
    ...QUANTILE_COLUMNS,
    { name: 'truth', type: 'number' },
    ...experts.map(meanColumn),
  ]
}

/** A row a lead. */
export function pairRows(
  { forecast: { issuedAt, mean, quantiles, models }, truth }: ClosedForecast,
  experts: readonly string[] = [],
): readonly Row[] {
  return Array.from({ length: LEADS }, (_, lead) => [
    issuedAt,
    validTime(issuedAt, lead),
    lead + 1,
    known(mean[lead]),
    ...Array.from(quantiles[lead] ?? [], known),
    known(truth[lead]),
    ...experts.map((name) => known(models.get(name)?.[lead])),
  ])
}

function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value
}
