import type { NeighbourReading } from '../../domain/neighbour.ts'
import type { Reading } from '../../domain/reading.ts'
import { type Station, targetIndex } from '../../domain/station.ts'
import { quantitiesOf } from '../features/quantities.ts'

/** What others are told of a station's reading; undefined where its target was not measured. */
export function toldReading(station: Station): (reading: Reading) => NeighbourReading | undefined {
  const target = targetIndex(station)
  const pressure = quantitiesOf(station).find(({ name }) => name === 'pressure')
  return ({ eventTime, values, bridged }) => {
    const value = values[target]!
    if (bridged || !Number.isFinite(value)) return undefined
    return { station: station.id, eventTime, value, pressure: pressure?.of(values) ?? Number.NaN }
  }
}
