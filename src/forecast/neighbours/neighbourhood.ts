import type { Settlement } from '../../domain/forecast.ts'
import type { Instant } from '../../domain/instant.ts'
import {
  type NeighbourReading,
  type NeighboursNow,
  neighbourNames,
  placesOf,
  WITHOUT_NEIGHBOURS,
} from '../../domain/neighbour.ts'
import type { Reading } from '../../domain/reading.ts'
import { type Station, targetIndex } from '../../domain/station.ts'
import { emptyMixture, type MixtureState } from '../mixture.ts'
import { type Anomalies, addAnomaly, emptyAnomalies } from './anomalies.ts'
import { type FoundNeighbours, findNeighbours, nobodyFound } from './found-neighbours.ts'
import { correlate, emptyCorrelation, type LaggedCorrelation } from './lagged-correlation.ts'
import { type NeighbourQuantities, neighbourColumns } from './neighbour-columns.ts'
import { addPair } from './paired-errors.ts'

/** Of stations that are looked through for neighbours, those that were heard first. */
const MOST_STATIONS = 32

/** What is known of one neighbour. Plain data. */
export interface KnownNeighbour {
  readonly quantities: NeighbourQuantities
  readonly anomalies: Anomalies
  readonly correlation: LaggedCorrelation
  /** That have come. */
  readings: number
}

/** All that is known of a station's neighbours. Plain data. */
export interface NeighbourhoodState {
  /** By station, those that have said something. */
  readonly stations: Record<string, KnownNeighbour>
  readonly own: Anomalies
  /** Where they are looked for. */
  readonly found: FoundNeighbours
  /** Of the mixture without them and theirs. */
  together: MixtureState
}

/** What a station makes of what its neighbours measure. */
export interface Neighbourhood {
  initial(): NeighbourhoodState
  /** A reading that is not after the newest of its station has come before, and changes nothing. */
  take(state: NeighbourhoodState, reading: NeighbourReading): void
  /** Each reading of the station itself once, in order, with what it has settled. */
  observe(state: NeighbourhoodState, reading: Reading, settlements: readonly Settlement[]): void
  /** The stations that experts learn from, by place. */
  standing(state: NeighbourhoodState): readonly (readonly [place: string, station: string])[]
  /** Those that are not silent; undefined where all are. */
  now(state: NeighbourhoodState, issuedAt: Instant): NeighboursNow | undefined
}

export function neighbourhood(station: Station): Neighbourhood {
  const { neighbours = [] } = station
  const target = targetIndex(station)
  const columns = neighbourColumns(station)

  const standing: Neighbourhood['standing'] = ({ found }) =>
    neighbours === 'auto'
      ? Object.entries(found.places).map(([place, { station }]) => [place, station])
      : placesOf(neighbours).map((id) => [id, id])

  return {
    standing,
    initial: () => ({
      stations: {},
      own: emptyAnomalies(),
      found: nobodyFound(),
      together: emptyMixture(),
    }),

    take({ stations }, reading) {
      if (!stations[reading.station] && Object.keys(stations).length >= MOST_STATIONS) return
      stations[reading.station] ??= {
        quantities: columns.initial(),
        anomalies: emptyAnomalies(),
        correlation: emptyCorrelation(),
        readings: 0,
      }
      const known = stations[reading.station]!
      if (reading.eventTime <= known.quantities.newest) return
      columns.observe(known.quantities, reading)
      addAnomaly(known.anomalies, reading.eventTime, reading.value)
      known.readings++
    },

    observe({ stations, own, found, together }, { eventTime, values, bridged }, settlements) {
      for (const settlement of settlements) learnPairs(found, settlement)
      const value = values[target]!
      if (bridged || !Number.isFinite(value) || !addAnomaly(own, eventTime, value)) return
      for (const { correlation, anomalies } of Object.values(stations))
        correlate(correlation, { own: own.ring, theirs: anomalies.ring, now: eventTime })
      if (neighbours === 'auto') findNeighbours(found, { stations, together, now: eventTime })
    },

    now(state, issuedAt) {
      const now: Record<string, { readonly station: string; readonly columns: Float64Array }> = {}
      for (const [place, id] of standing(state)) {
        const known = state.stations[id]
        const written = known && columns.at(known.quantities, issuedAt)
        if (written) now[place] = { station: id, columns: written }
      }
      return Object.keys(now).length > 0 ? now : undefined
    },
  }
}

/** The mean of a place's experts beside the mixture without neighbours, where a forecast was issued with both. */
function learnPairs({ places }: FoundNeighbours, { models, truth, leadIndex, issuedAt }: Settlement): void {
  const without = models.get(WITHOUT_NEIGHBOURS)?.[leadIndex]
  if (without === undefined) return
  for (const [place, { since, errors }] of Object.entries(places)) {
    const said = neighbourNames(place).flatMap((name) => models.get(name)?.[leadIndex] ?? [])
    if (said.length === 0 || issuedAt < since) continue
    const mean = said.reduce((sum, each) => sum + each, 0) / said.length
    addPair(errors, {
      ...{ time: issuedAt, leadIndex },
      withIt: Math.abs(mean - truth),
      without: Math.abs(without - truth),
    })
  }
}
