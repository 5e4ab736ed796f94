import { appendRow, emptyHistory, ROWS_FOR_TRUTHS } from '../core/history.ts'
import { type ClosedForecast, emptyJoin, joinTruths, openForecasts, openIssue } from '../core/truth-join.ts'
import { type Forecast, LEADS, QUANTILE_LEVELS, validTime } from '../domain/forecast.ts'
import { type Instant, parseInstant } from '../domain/instant.ts'
import { truthRule } from '../domain/measurement-rule.ts'
import type { Station } from '../domain/station.ts'
import type { ForecastMessage, ReadingMessage } from '../protocol/messages.ts'
import { LEAD_COLUMNS, QUANTILE_COLUMNS } from '../tables/message-tables.ts'
import type { Column, Row } from '../tables/table.ts'

/**
 * Published forecasts beside what came, by the same join that verified them when they were live. Both are in order of
 * time; what is held at once is a day of forecasts and the newest readings.
 */
export function* paired(
  station: Pick<Station, 'cadence' | 'hold' | 'target'>,
  {
    forecasts,
    readings,
  }: { readonly forecasts: Iterable<ForecastMessage>; readonly readings: Iterable<ReadingMessage> },
): Generator<ClosedForecast> {
  const { target } = station
  const rule = truthRule(station)
  const state = emptyJoin()
  const history = emptyHistory(0)
  const issues = forecasts[Symbol.iterator]()
  let issue = issues.next()
  let newest = Number.NEGATIVE_INFINITY

  const openUpTo = (now: Instant): void => {
    for (; !issue.done; issue = issues.next()) {
      const forecast = forecastOf(issue.value)
      if (forecast.issuedAt > now) return
      // One of what the station forecast before it was described anew has no truth among these readings.
      if (issue.value.target === target)
        openIssue(state, { issuedAt: forecast.issuedAt, forecast, example: undefined })
    }
  }
  for (const { event_time, values, bridged } of readings) {
    const time = parseInstant(event_time)
    if (time === undefined || time <= newest) continue
    newest = time
    openUpTo(time)
    appendRow(
      history,
      { time, measured: bridged ? Number.NaN : (values[target] ?? Number.NaN), inputs: [] },
      ROWS_FOR_TRUTHS,
    )
    yield* joinTruths(state, history, rule).closed
    if (issue.done && state.issues.length === 0) return
  }
  openUpTo(Number.POSITIVE_INFINITY)
  yield* openForecasts(state)
}

function forecastOf({ issued_at, model, leads, weights_version }: ForecastMessage): Forecast {
  const levels = QUANTILE_LEVELS.map(String)
  return {
    issuedAt: parseInstant(issued_at) ?? Number.NaN,
    model,
    mean: Float64Array.from(leads, ({ mean }) => mean),
    quantiles: leads.map(({ quantiles }) =>
      Float64Array.from(levels, (level) => quantiles[level] ?? Number.NaN),
    ),
    models: new Map(),
    weights: new Map(),
    weightsVersion: weights_version,
  }
}

export const PAIR_COLUMNS: readonly Column[] = [
  ...LEAD_COLUMNS,
  { name: 'mean', type: 'number' },
  ...QUANTILE_COLUMNS,
  { name: 'truth', type: 'number' },
]

/** A row a lead. */
export function pairRows({ forecast: { issuedAt, mean, quantiles }, truth }: ClosedForecast): readonly Row[] {
  return Array.from({ length: LEADS }, (_, lead) => [
    issuedAt,
    validTime(issuedAt, lead),
    lead + 1,
    known(mean[lead]),
    ...Array.from(quantiles[lead] ?? [], known),
    known(truth[lead]),
  ])
}

function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value
}
