import { formatInstant, HOUR, type Instant } from '../../src/domain/instant.ts'
import type { NeighboursSetting } from '../../src/domain/neighbour.ts'
import type { Station } from '../../src/domain/station.ts'
import { neighbourExperts } from '../../src/experts/neighbours.ts'
import type { TickMessage } from '../../src/protocol/tick.ts'
import { forecastersOf } from '../experts/created.ts'
import { START, stationOf } from '../forecast/series.ts'
import { modelOf } from './run-pipeline.ts'

export const at = (hour: number): Instant => START + hour * HOUR

/** A station with neighbours, forecast by a few of its own experts and by theirs. */
export function modelWith(neighbours: NeighboursSetting | undefined) {
  const station: Station = { ...stationOf(), ...(neighbours && { neighbours }) }
  const own = forecastersOf(station, { names: ['persistence', 'climatology', 'rls'], minExamples: 24 })
  const theirs = neighbourExperts(station, { seed: 1, minExamples: 24 }).map(({ forecaster }) => forecaster)
  return modelOf({ station, experts: [...own, ...theirs] })
}

/** What a neighbour has measured at an hour, told at `known`. */
export function told(hour: number, value: number, { station = 'near', known = hour } = {}): TickMessage {
  return {
    ...{ event_time: '', ingest_time: formatInstant(at(known)), values: {} },
    id: `neighbour/${station}/${hour}/${known}`,
    neighbour: { station, event_time: formatInstant(at(hour)), value, pressure: 1000 + value },
  }
}
