import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Instant } from '../domain/instant.ts'
import { SCORE_WINDOWS } from '../protocol/scores.ts'
import { sensorFaultSchema } from '../protocol/sensor-health.ts'
import { CLIENT_TOPICS, type ClientTopic } from '../protocol/topics.ts'
import { type BrokerStanding, brokerMetrics } from './broker-metrics.ts'
import { forecastMetrics } from './forecast-metrics.ts'
import type { CachedStation, StationCache } from './station-cache.ts'

const LEADS_SHOWN = ['1', '6', '12', '24']
const BASELINE = 'persistence'

/** What `/metrics` tells. */
export interface GatewayMetrics {
  pushed(topic: ClientTopic): void
  /** A message that a newer one replaced before it was sent. */
  conflated(topic: ClientTopic): void
  text(): Promise<string>
  readonly contentType: string
}

/**
 * Counts of the gateway's own are kept as they happen; what the pipeline counts is read from its newest status and
 * score when somebody asks, so that a reading costs nothing here.
 */
export function gatewayMetrics(
  cache: StationCache,
  {
    clients,
    broker,
    now,
  }: {
    readonly clients: () => number
    readonly broker: () => BrokerStanding | undefined
    readonly now: () => Instant
  },
): GatewayMetrics {
  const registry = new Registry()
  const registers = [registry]
  const pushes = zeroCounts()
  const replaced = zeroCounts()
  const tallied = (name: string, help: string, counts: Record<ClientTopic, number>): void => {
    new Counter({
      name,
      help,
      labelNames: ['topic'],
      registers,
      collect() {
        this.reset()
        for (const topic of CLIENT_TOPICS) this.inc({ topic }, counts[topic])
      },
    })
  }
  tallied('tickcast_pushes_total', 'Messages pushed to WebSocket clients.', pushes)
  tallied(
    'tickcast_conflated_total',
    'Messages not pushed to a client because a newer one of the same topic replaced them.',
    replaced,
  )
  new Gauge({
    name: 'tickcast_clients',
    help: 'Clients of the WebSocket and of event streams.',
    registers,
    collect() {
      this.set(clients())
    },
  })

  const counted = (
    name: string,
    help: string,
    read: (station: CachedStation) => number | undefined,
  ): void => {
    new Counter({
      name: `tickcast_${name}_total`,
      help,
      labelNames: ['station'],
      registers,
      collect() {
        this.reset()
        for (const station of cache.stations()) this.inc({ station: station.id }, read(station) ?? 0)
      },
    })
  }
  const status = (station: CachedStation) => station.logs.status.newest?.message
  counted('ticks', 'Ticks taken in.', (station) => status(station)?.intake.rows)
  counted('readings', 'Ticks that became readings.', (station) => status(station)?.intake.readings)
  counted('forecasts', 'Forecasts issued.', (station) => status(station)?.forecasts)
  counted('scores', 'Forecasts settled at a lead.', (station) => status(station)?.scores)
  new Counter({
    name: 'tickcast_rejected_total',
    help: 'Ticks refused, by reason.',
    labelNames: ['station', 'reason'],
    registers,
    collect() {
      this.reset()
      for (const station of cache.stations()) {
        const reasons = Object.entries(status(station)?.intake.rejected_by_reason ?? {})
        for (const [reason, count] of reasons) this.inc({ station: station.id, reason }, count)
      }
    },
  })
  new Gauge({
    name: 'tickcast_mean_absolute_error',
    help: "Rolling mean absolute error in the target's unit, of the published model and of persistence.",
    labelNames: ['station', 'model', 'lead_hours', 'window', 'unit'],
    registers,
    collect() {
      this.reset()
      for (const station of cache.stations()) {
        const score = station.logs.score.newest?.message
        const published = station.logs.forecast.newest?.message.model
        for (const model of new Set([published ?? BASELINE, BASELINE])) {
          for (const lead of LEADS_SHOWN) {
            for (const window of SCORE_WINDOWS) {
              const value = score?.models[model]?.mae[lead]?.[window]
              if (score === undefined || value === undefined || value === null) continue
              this.set({ station: station.id, model, lead_hours: lead, window, unit: score.unit }, value)
            }
          }
        }
      }
    },
  })

  new Gauge({
    name: 'tickcast_catching_up_seconds',
    help: 'Event time from where the models are to where they were before a restart; 0 once they are there.',
    labelNames: ['station'],
    registers,
    collect() {
      this.reset()
      for (const station of cache.stations()) {
        const { at, to } = status(station)?.catching_up ?? {}
        const left = at && to ? Date.parse(to) - Date.parse(at) : 0
        this.set({ station: station.id }, Math.max(0, left) / 1000)
      }
    },
  })

  forecastMetrics(cache, { registers, now })
  brokerMetrics(broker, { registers })
  new Gauge({
    name: 'tickcast_sensor_fault',
    help: "1 for what is wrong with the target's sensor: its readings are masked; 0 for what is not.",
    labelNames: ['station', 'fault'],
    registers,
    collect() {
      this.reset()
      for (const station of cache.stations()) {
        const health = status(station)?.health
        if (!health) continue
        for (const fault of sensorFaultSchema.options) {
          this.set({ station: station.id, fault }, health.state === fault ? 1 : 0)
        }
      }
    },
  })
  counted('sensor_faults', "Faults of the target's sensor.", (station) => status(station)?.health?.faults)
  counted('sensor_masked', 'Readings of the target masked.', (station) => status(station)?.health?.masked)

  // Memory, CPU, event loop and garbage collection under the names that dashboards know.
  collectDefaultMetrics({ register: registry })

  return {
    pushed(topic) {
      pushes[topic] += 1
    },
    conflated(topic) {
      replaced[topic] += 1
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

/** A plain number each: a replay at full speed replaces 60,000 messages a second for every client. */
function zeroCounts(): Record<ClientTopic, number> {
  return { reading: 0, forecast: 0, score: 0, status: 0, outside: 0 }
}
