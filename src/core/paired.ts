import { type Forecast, QUANTILE_LEVELS } from '../domain/forecast.ts'
import { type Instant, parseInstant } from '../domain/instant.ts'
import { truthRule } from '../domain/measurement-rule.ts'
import type { Station } from '../domain/station.ts'
import type { ForecastMessage } from '../protocol/forecast.ts'
import type { ReadingMessage } from '../protocol/reading.ts'
import { appendRow, emptyHistory, ROWS_FOR_TRUTHS } from './history.ts'
import { type ClosedForecast, emptyJoin, joinTruths, openForecasts, openIssue } from './truth-join.ts'

type Messages<T> = Iterable<T> | AsyncIterable<T>

/**
 * Published forecasts beside what came, by the same join that verified them when they were live. Both are in order of
 * time; what is held at once is a day of forecasts and the newest readings.
 */
export async function* paired(
  station: Pick<Station, 'cadence' | 'hold' | 'target'>,
  {
    forecasts,
    readings,
  }: { readonly forecasts: Messages<ForecastMessage>; readonly readings: Messages<ReadingMessage> },
): AsyncGenerator<ClosedForecast> {
  const { target } = station
  const rule = truthRule(station)
  const state = emptyJoin()
  const history = emptyHistory(0)
  const issues = iteratorOf(forecasts)
  let issue = await issues.next()
  let newest = Number.NEGATIVE_INFINITY

  const openUpTo = async (now: Instant): Promise<void> => {
    for (; !issue.done; issue = await issues.next()) {
      const forecast = forecastOf(issue.value)
      if (forecast.issuedAt > now) return
      // One of what the station forecast before it was described anew has no truth among these readings.
      if (issue.value.target === target)
        openIssue(state, { issuedAt: forecast.issuedAt, forecast, example: undefined })
    }
  }
  for await (const { event_time, values, bridged } of readings) {
    const time = parseInstant(event_time)
    if (time === undefined || time <= newest) continue
    newest = time
    await openUpTo(time)
    appendRow(
      history,
      { time, measured: bridged ? Number.NaN : (values[target] ?? Number.NaN), inputs: [] },
      ROWS_FOR_TRUTHS,
    )
    yield* joinTruths(state, history, rule).closed
    if (issue.done && state.issues.length === 0) return
  }
  await openUpTo(Number.POSITIVE_INFINITY)
  yield* openForecasts(state)
}

function iteratorOf<T>(messages: Messages<T>): Iterator<T> | AsyncIterator<T> {
  return Symbol.asyncIterator in messages ? messages[Symbol.asyncIterator]() : messages[Symbol.iterator]()
}

function forecastOf({ issued_at, model, leads, models, weights_version }: ForecastMessage): Forecast {
  const levels = QUANTILE_LEVELS.map(String)
  return {
    issuedAt: parseInstant(issued_at) ?? Number.NaN,
    model,
    mean: Float64Array.from(leads, ({ mean }) => mean),
    quantiles: leads.map(({ quantiles }) =>
      Float64Array.from(levels, (level) => quantiles[level] ?? Number.NaN),
    ),
    models: new Map(
      Object.entries(models).map(([name, means]) => [
        name,
        Float64Array.from(means, (mean) => mean ?? Number.NaN),
      ]),
    ),
    weights: new Map(),
    weightsVersion: weights_version,
  }
}
