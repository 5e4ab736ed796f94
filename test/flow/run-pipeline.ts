import { from, lastValueFrom, toArray } from 'rxjs'
import type { PipelineEvent, TickDelivery } from '../../src/core/events.ts'
import { type StationModel, type StationParts, stationModel } from '../../src/core/station-model.ts'
import type { StationState } from '../../src/core/station-state.ts'
import type { Forecast } from '../../src/domain/forecast.ts'
import { formatInstant, HOUR } from '../../src/domain/instant.ts'
import type { Reading } from '../../src/domain/reading.ts'
import { pipeline } from '../../src/flow/pipeline.ts'
import type { TickMessage } from '../../src/protocol/tick.ts'
import { forecastersOf } from '../experts/created.ts'
import { stationOf, weather } from '../forecast/series.ts'

/** A model of the test station, with the experts that learn within the stream unless told otherwise. */
export function modelOf(parts: Partial<StationParts> = {}): StationModel {
  const station = parts.station ?? stationOf()
  return stationModel({
    ...{ station, lateness: 0, maxBridge: 3 * HOUR, issueEvery: HOUR, window: undefined, seed: 1 },
    ...{ experts: parts.experts ?? forecastersOf(station), trained: [] },
    ...parts,
  })
}

/** The ticks that `weather` reads; what it bridges arrives as measured. */
export function ticksOf(readings: readonly Reading[], session?: string): TickMessage[] {
  const cell = (value: number): number | null => (Number.isNaN(value) ? null : value)
  return readings.map(({ eventTime, values }, row) => ({
    event_time: formatInstant(eventTime),
    ingest_time: formatInstant(eventTime),
    id: `test/${row}`,
    values: { T: cell(values[0]!), p: cell(values[1]!) ?? 1000 },
    ...(session !== undefined && { replay: { session, speed: 'max', paused: false } }),
  }))
}

export const weatherTicks = (rows: number, seed = 1): TickMessage[] => ticksOf(weather({ rows, seed }))

export function deliveriesOf(ticks: readonly TickMessage[], first = 1): TickDelivery[] {
  return ticks.map((tick, index) => ({ delivery: first + index, tick }))
}

/** All that comes of these ticks, from a new state or the one that is handed in. */
export function eventsOf(
  model: StationModel,
  ticks: readonly TickMessage[],
  state: StationState = model.initial(),
): Promise<PipelineEvent[]> {
  return lastValueFrom(
    from(deliveriesOf(ticks)).pipe(
      pipeline(model, () => state),
      toArray(),
    ),
  )
}

export function forecastsIn(events: readonly PipelineEvent[]): Forecast[] {
  return events.flatMap((event) => (event.kind === 'reading' && event.forecast ? [event.forecast] : []))
}
