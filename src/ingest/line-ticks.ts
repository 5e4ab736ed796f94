import { formatInstant } from '../domain/instant.ts'
import { type LinePoint, millisecondsOf, type Precision } from './line-protocol.ts'

/** The tag that names the station of a point; without it the measurement does. */
const STATION_TAG = 'station'

export function stationNamed({ measurement, tags }: LinePoint): string {
  return tags.get(STATION_TAG) ?? measurement
}

/**
 * A point as the ticks that devices send: fields and tags by their names, fields also by `measurement.field`, the
 * measurement as `_measurement`. So a station file's columns and `where` mean what they mean elsewhere. A point without a
 * timestamp is of now.
 */
export function lineTick(
  { measurement, tags, fields, timestamp }: LinePoint,
  precision: Precision,
): Readonly<Record<string, unknown>> {
  const ms = timestamp === undefined ? undefined : millisecondsOf(timestamp, precision)
  const { [STATION_TAG]: _, ...named } = Object.fromEntries(tags)
  const values = Object.fromEntries(fields)
  return Object.fromEntries<unknown>([
    // First in order: where no channel reads any of it, a field is named, and no label. Below they count.
    ...Object.entries(values),
    ...Object.entries(named),
    ['_measurement', measurement],
    [measurement, values],
    ...Object.entries(values),
    ...(timestamp === undefined ? [] : [['event_time', ms === undefined ? timestamp : formatInstant(ms)]]),
  ] as [string, unknown][])
}

/** Keys of a point's tick that say whose it is: that no channel has their name is no news. */
export function labelsOf({ measurement, tags }: LinePoint): readonly string[] {
  return ['_measurement', measurement, ...tags.keys()]
}
