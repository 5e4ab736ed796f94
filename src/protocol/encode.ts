import type { Forecast } from '../domain/forecast.ts'
import { QUANTILE_LEVELS, validTime } from '../domain/forecast.ts'
import { formatInstant, SECOND } from '../domain/instant.ts'
import type { NeighboursSetting } from '../domain/neighbour.ts'
import type { Reading, ReplayMark } from '../domain/reading.ts'
import { type HealthSetting, type Station, type TimeColumn, targetChannel } from '../domain/station.ts'
import { basisMessage } from './basis.ts'
import type { ForecastMessage } from './forecast.ts'
import { forecastId } from './forecast-id.ts'
import type { ReplayMarkMessage, Source, Speed } from './provenance.ts'
import type { ReadingMessage } from './reading.ts'
import type { StationMessage } from './station-message.ts'
import type { TickMessage } from './tick.ts'

/** Where a message stems from; carried by everything that is published. */
export interface Provenance {
  readonly source: Source
  readonly replay?: ReplayMarkMessage
}

export function speedMessage(speed: number): Speed {
  return speed === Number.POSITIVE_INFINITY ? 'max' : speed
}

export function parsedSpeed(speed: Speed): number {
  return speed === 'max' ? Number.POSITIVE_INFINITY : speed
}

/** The mark that a tick carries. */
export function replayMarkOf({
  session,
  speed,
  paused,
  unsaid,
}: NonNullable<TickMessage['replay']>): ReplayMark {
  return { session, speed: parsedSpeed(speed), paused, ...(unsaid && { unsaid }) }
}

export function replayMarkMessage(mark: ReplayMark): ReplayMarkMessage {
  return { session: mark.session, speed: speedMessage(mark.speed), paused: mark.paused }
}

/** A simulated station stays simulated, whoever sends its ticks; else a reading without a replay mark is live. */
export function provenanceOf(station: Station, replay: ReplayMark | undefined): Provenance {
  const source = station.simulated ? 'simulated' : replay ? 'replay' : 'live'
  return replay ? { source, replay: replayMarkMessage(replay) } : { source }
}

export function readingMessage(station: Station, reading: Reading): ReadingMessage {
  const values: ReadingMessage['values'] = {}
  station.channels.forEach((channel, index) => {
    const value = reading.values[index]!
    values[channel.name] = Number.isNaN(value) ? null : value
  })
  return {
    event_time: formatInstant(reading.eventTime),
    ingest_time: formatInstant(reading.ingestTime),
    values,
    bridged: reading.bridged,
    ...(reading.flagged && { flagged: { ...reading.flagged } }),
    ...provenanceOf(station, reading.replay),
  }
}

const LEVEL_NAMES = QUANTILE_LEVELS.map(String)

/** Numbers are rounded to a thousandth of the unit: finer than any sensor, and half the bytes. */
export function forecastMessage(
  station: Station,
  forecast: Forecast,
  provenance: Provenance,
): ForecastMessage {
  return {
    id: forecastId(station.id, forecast.issuedAt),
    issued_at: formatInstant(forecast.issuedAt),
    target: station.target,
    unit: targetChannel(station).unit,
    model: forecast.model,
    weights_version: forecast.weightsVersion,
    leads: Array.from(forecast.mean, (mean, index) => ({
      lead_hours: index + 1,
      valid_time: formatInstant(validTime(forecast.issuedAt, index)),
      mean: thousandth(mean),
      quantiles: Object.fromEntries(
        LEVEL_NAMES.map((name, level) => [name, thousandth(forecast.quantiles[index]![level]!)]),
      ),
    })),
    models: Object.fromEntries([...forecast.models].map(([name, mean]) => [name, Array.from(mean, known)])),
    weights: Object.fromEntries(
      [...forecast.weights].map(([name, weight]) => [name, Array.from(weight, thousandth)]),
    ),
    ...(forecast.basis && { basis: basisMessage(forecast.basis) }),
    ...provenance,
  }
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : thousandth(value)
}

/** Never -0, which JSON has not: what is read back is what was published. */
export function thousandth(value: number): number {
  return Math.round(value * 1000) / 1000 + 0
}

export function stationMessage(
  station: Station,
  { source, tape }: { readonly source: Source; readonly tape?: StationMessage['tape'] },
): StationMessage {
  return {
    id: station.id,
    title: station.title,
    ...(station.knownAs && { known_as: station.knownAs }),
    target: station.target,
    unit: targetChannel(station).unit,
    cadence_seconds: station.cadence / SECOND,
    ...(station.hold !== undefined && { hold_seconds: station.hold / SECOND }),
    ...(station.health && { health: healthMessage(station.health) }),
    ...(station.neighbours && { neighbours: neighboursMessage(station.neighbours) }),
    ...(station.outside && { outside: station.outside.map(({ file: _, asked: __, ...issuer }) => issuer) }),
    ...(station.holidays !== undefined && { holidays: station.holidays }),
    source,
    channels: station.channels.map(({ limits, sentinels, ...rest }) => ({
      ...rest,
      min: limits.min,
      max: limits.max,
      sentinels: [...sentinels],
    })),
    time: timeMessage(station.time),
    ...(station.layout && { layout: station.layout }),
    ...(tape && { tape }),
  }
}

export function stationOf(message: StationMessage): Station {
  return {
    id: message.id,
    title: message.title,
    ...(message.known_as && { knownAs: message.known_as }),
    time: timeOf(message.time),
    cadence: message.cadence_seconds * SECOND,
    ...(message.hold_seconds !== undefined && { hold: message.hold_seconds * SECOND }),
    ...(message.health && { health: healthOf(message.health) }),
    target: message.target,
    ...(message.outside && { outside: message.outside }),
    ...(message.neighbours && { neighbours: neighboursOf(message.neighbours) }),
    ...(message.holidays !== undefined && { holidays: message.holidays }),
    channels: message.channels.map(({ min, max, ...rest }) => ({ ...rest, limits: { min, max } })),
    ...(message.layout && { layout: message.layout }),
    simulated: message.source === 'simulated',
  }
}

/** How long after it was measured a reading is known stays where files are read. */
function neighboursMessage(setting: NeighboursSetting): NonNullable<StationMessage['neighbours']> {
  return setting === 'auto' ? setting : setting.map(({ station }) => station)
}

function neighboursOf(message: NonNullable<StationMessage['neighbours']>): NeighboursSetting {
  return message === 'auto' ? message : message.map((station) => ({ station }))
}

function healthMessage(setting: HealthSetting): NonNullable<StationMessage['health']> {
  if (setting === 'off') return setting
  const { stuckAfter } = setting
  return stuckAfter === undefined ? {} : { stuck_after_seconds: stuckAfter / SECOND }
}

function healthOf(message: NonNullable<StationMessage['health']>): HealthSetting {
  if (message === 'off') return message
  const { stuck_after_seconds: seconds } = message
  return seconds === undefined ? {} : { stuckAfter: seconds * SECOND }
}

function timeMessage({
  column,
  formats,
  utcOffsetMinutes,
  zoneColumn,
  ...rest
}: TimeColumn): StationMessage['time'] {
  return {
    column,
    formats: [...formats],
    utc_offset_minutes: utcOffsetMinutes,
    ...(zoneColumn !== undefined && { zone_column: zoneColumn }),
    ...rest,
  }
}

function timeOf({ utc_offset_minutes, zone_column, ...rest }: StationMessage['time']): TimeColumn {
  return {
    ...rest,
    utcOffsetMinutes: utc_offset_minutes,
    ...(zone_column !== undefined && { zoneColumn: zone_column }),
  }
}
