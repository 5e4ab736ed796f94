import { Gauge, type Registry } from 'prom-client'
import { type Instant, parseInstant } from '../domain/instant.ts'
import { SCORE_WINDOWS } from '../protocol/scores.ts'
import type { StationCache } from './station-cache.ts'

/** Of the 24 leads and 7 levels; 16 series a station, however often it forecasts. */
const LEADS_SHOWN = ['1', '6', '12', '24']
const LEVELS_SHOWN = ['0.05', '0.5', '0.95']

export interface ForecastMetricsOptions {
  readonly registers: Registry[]
  readonly now: () => Instant
}

/**
 * The newest forecast, at the time of its issue and with its lead as a label: Prometheus takes nothing that lies more than
 * some minutes ahead. Read from the newest messages when somebody asks.
 */
export function forecastMetrics(cache: StationCache, { registers, now }: ForecastMetricsOptions): void {
  new Gauge({
    name: 'tickcast_forecast',
    help: "The newest forecast by lead, in the target's unit: its mean and quantiles, by level.",
    labelNames: ['station', 'lead_hours', 'level', 'unit'],
    registers,
    collect() {
      this.reset()
      for (const { id, logs } of cache.stations()) {
        const { leads = [], unit = '' } = logs.forecast.newest?.message ?? {}
        for (const { lead_hours, mean, quantiles } of leads) {
          const lead = String(lead_hours)
          if (!LEADS_SHOWN.includes(lead)) continue
          const labels = { station: id, lead_hours: lead, unit }
          this.set({ ...labels, level: 'mean' }, mean)
          for (const level of LEVELS_SHOWN) {
            const value = quantiles[level]
            if (value !== undefined) this.set({ ...labels, level }, value)
          }
        }
      }
    },
  })
  new Gauge({
    name: 'tickcast_forecast_issued_timestamp_seconds',
    help: 'Event time at which the newest forecast was issued.',
    labelNames: ['station'],
    registers,
    collect() {
      this.reset()
      for (const { id, logs } of cache.stations()) {
        const issued = parseInstant(logs.forecast.newest?.message.issued_at ?? '')
        if (issued !== undefined) this.set({ station: id }, issued / 1_000)
      }
    },
  })
  new Gauge({
    name: 'tickcast_interval_coverage',
    help: 'Share of truths within the published 90 % interval.',
    labelNames: ['station', 'lead_hours', 'window'],
    registers,
    collect() {
      this.reset()
      for (const { id, logs } of cache.stations()) {
        const coverage = logs.score.newest?.message.coverage90
        for (const lead of LEADS_SHOWN) {
          for (const window of SCORE_WINDOWS) {
            const value = coverage?.[lead]?.[window]
            if (typeof value === 'number') this.set({ station: id, lead_hours: lead, window }, value)
          }
        }
      }
    },
  })
  new Gauge({
    name: 'tickcast_last_reading_age_seconds',
    help: 'Time since the newest reading was measured, of live stations.',
    labelNames: ['station'],
    registers,
    collect() {
      this.reset()
      for (const { id, description, logs } of cache.stations()) {
        const at = parseInstant(logs.reading.newest?.message.event_time ?? '')
        if (at !== undefined && !description.tape) this.set({ station: id }, (now() - at) / 1_000)
      }
    },
  })
}
