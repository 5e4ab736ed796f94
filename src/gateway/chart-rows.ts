import { HOUR, type Instant, parseInstant, type Span } from '../domain/instant.ts'
import type { ForecastMessage } from '../protocol/forecast.ts'

/** One moment of a chart: what was observed, and what had been forecast for it. */
export interface ChartRow {
  readonly time: string
  readonly observed: number | null
  readonly mean: number | null
  readonly q05: number | null
  readonly q95: number | null
}

export interface ObservedValue {
  readonly at: Instant
  readonly value: number | null
}

export interface ChartSource {
  readonly readings: readonly ObservedValue[]
  /** In order of their issue. */
  readonly forecasts: readonly ForecastMessage[]
  /** Hours: of each time the forecast that was made so long before. Ahead of the newest forecast, that one. */
  readonly lead: number
  readonly from: Instant
  readonly to: Instant
}

type Forecast = Pick<ChartRow, 'mean' | 'q05' | 'q95'>
const NONE: Forecast = { mean: null, q05: null, q95: null }

/** Rows in order of time, a time once, from `from` on and before `to`. */
export function chartRows({ readings, forecasts, lead, from, to }: ChartSource): readonly ChartRow[] {
  const forecastAt = new Map<Instant, Forecast>()
  for (const forecast of forecasts) addLeads(forecastAt, forecast, (hours) => hours === lead)
  const newest = forecasts.at(-1)
  // What lies ahead has one forecast alone, at whatever lead.
  if (newest) addLeads(forecastAt, newest, (hours) => hours <= lead)
  const observedAt = new Map(readings.map(({ at, value }) => [at, value]))
  const times = [...new Set([...observedAt.keys(), ...forecastAt.keys()])]
    .filter((at) => at >= from && at < to)
    .sort((a, b) => a - b)
  return times.map((at) => ({
    time: new Date(at).toISOString(),
    observed: observedAt.get(at) ?? null,
    ...(forecastAt.get(at) ?? NONE),
  }))
}

function addLeads(
  into: Map<Instant, Forecast>,
  { leads }: ForecastMessage,
  isWanted: (hours: number) => boolean,
): void {
  for (const { lead_hours, valid_time, mean, quantiles } of leads) {
    const at = parseInstant(valid_time)
    if (at === undefined || !isWanted(lead_hours)) continue
    into.set(at, { mean, q05: quantiles['0.05'] ?? null, q95: quantiles['0.95'] ?? null })
  }
}

/** Every so manieth, so that there are `most` of them or fewer; the newest is always among them. */
export function thinned<T>(all: readonly T[], most: number): readonly T[] {
  const step = Math.ceil(all.length / most)
  return step <= 1 ? all : all.filter((_, index) => (all.length - 1 - index) % step === 0)
}

/** When forecasts were issued of which a chart shows something. */
export function issuedWithin({ from, to, lead }: Pick<ChartSource, 'from' | 'to' | 'lead'>): {
  readonly from: Instant
  readonly to: Instant
} {
  const ahead: Span = lead * HOUR
  return { from: from - ahead, to }
}
