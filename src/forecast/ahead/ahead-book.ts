import { DAY, HOUR, type Instant } from '../../domain/instant.ts'
import { type OutsideForecast, quantityName } from '../../domain/outside.ts'
import { emptyRing, type HourlyRing, hourAt, keepHour } from '../outside/hourly-ring.ts'
import { type OutsideRuns, valueAt, withoutPast, withRun } from '../outside/outside-runs.ts'
import { AHEAD_HOURS, type AheadColumn, type AheadNow } from './ahead-columns.ts'

/** What is known of one quantity. Plain data. */
export interface QuantityRuns {
  runs: OutsideRuns
  /** That have come. */
  forecasts: number
  /** Times of the one that came last. */
  last: { readonly issuedAt: Instant; readonly availableAt: Instant; readonly validUntil: Instant }
  /** Of each hour of the last days what was said of it when it had come. */
  readonly past: HourlyRing
}

/** By `issuer.quantity`, those of which something has come. Plain data. */
export type AheadState = Record<string, QuantityRuns>

export function takeInQuantity(state: AheadState, forecast: OutsideForecast, quantity: string): void {
  const { issuer, issuedAt, availableAt, validAt } = forecast
  const name = quantityName(issuer, quantity)
  const last = { issuedAt, availableAt, validUntil: validAt.at(-1)! }
  const known = state[name]
  if (!known) {
    state[name] = { runs: withRun([], forecast), forecasts: 1, last, past: emptyRing() }
    return
  }
  known.runs = withRun(known.runs, forecast)
  known.forecasts++
  known.last = last
}

/** Each reading once, in order: what was said of its time goes into the past. */
export function passHour(state: AheadState, now: Instant): void {
  for (const quantity of Object.values(state)) {
    keepHour(quantity.past, now, valueAt(quantity.runs, now, now)?.mean ?? Number.NaN)
    // What is said of the issue time itself is wanted still.
    quantity.runs = withoutPast(quantity.runs, now - 1)
  }
}

/** What is there at an issue; undefined where it is nothing. */
export function aheadNow(state: AheadState, issuedAt: Instant): AheadNow | undefined {
  const columns = Object.entries(state).flatMap(([name, quantity]) => {
    const column = columnOf(quantity, issuedAt)
    return column.values.every(Number.isNaN) ? [] : [[name, column] as const]
  })
  return columns.length > 0 ? Object.fromEntries(columns) : undefined
}

function columnOf({ runs, past }: QuantityRuns, issuedAt: Instant): AheadColumn {
  const hours = Array.from({ length: AHEAD_HOURS }, (_, hour) => issuedAt + hour * HOUR)
  const said = hours.map((time) => valueAt(runs, time, issuedAt))
  const before = (days: number): Float64Array =>
    Float64Array.from(hours, (time, hour) => {
      const then = time - days * DAY
      // The last two hours of a day before are still to come.
      return then > issuedAt ? (said[hour - days * 24]?.mean ?? Number.NaN) : hourAt(past, then)
    })
  return {
    values: Float64Array.from(said, (value) => value?.mean ?? Number.NaN),
    dayBefore: before(1),
    weekBefore: before(7),
    age: Float64Array.from(said, (value) => (value ? (issuedAt - value.issuedAt) / HOUR : Number.NaN)),
  }
}
