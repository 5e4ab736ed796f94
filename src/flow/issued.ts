import { map, type OperatorFunction } from 'rxjs'
import type { Forecast } from '../domain/forecast.ts'
import type { Span } from '../domain/instant.ts'
import type { Moment, ReadingMoment } from './moment.ts'
import type { Panel } from './panel.ts'
import type { Training } from './training.ts'
import type { Verification } from './verification.ts'

export interface IssueParts {
  readonly panel: Panel
  readonly verification: Verification
  readonly training: Training | undefined
  /** The target's place among the channels. */
  readonly target: number
  /** A forecast at the first measurement of the target in each such span, counted from 1970. */
  readonly issueEvery: Span
}

/** Lets the models learn from each reading, and issues a forecast where one is due: only ever from a measurement. */
export function issued({
  panel,
  verification,
  training,
  target,
  issueEvery,
}: IssueParts): OperatorFunction<Moment, Moment> {
  let issuedIn: number | undefined

  const issue = ({ reading, lookback }: ReadingMoment): Forecast | undefined => {
    const current = reading.values[target]!
    const span = Math.floor(reading.eventTime / issueEvery)
    if (span === issuedIn || reading.bridged || Number.isNaN(current)) return undefined
    issuedIn = span
    if (lookback) training?.issued(lookback, current)
    const weightsVersion = training?.networks[0]?.stats.weightsVersion ?? 0
    const forecast = panel.forecast(reading.eventTime, { current, lookback, weightsVersion })
    if (forecast) verification.issued(forecast)
    return forecast
  }

  return map((moment) => {
    if (moment.kind === 'session') {
      issuedIn = undefined
      panel.reset()
    }
    if (moment.kind !== 'reading') return moment
    panel.observe(moment.reading, moment.settlements)
    return { ...moment, forecast: issue(moment) }
  })
}
