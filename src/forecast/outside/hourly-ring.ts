import { HOUR, type Instant } from '../../domain/instant.ts'

/** Hours that are remembered: a week and a day. */
const HOURS = 8 * 24

/** One number an hour, over the last eight days. Plain data. */
export interface HourlyRing {
  /** NaN where there is none. Shape [hour modulo 192]. */
  readonly values: Float64Array
  /** The newest, counted from 1970. */
  newest: number
}

export function emptyRing(): HourlyRing {
  return { values: new Float64Array(HOURS).fill(Number.NaN), newest: Number.MIN_SAFE_INTEGER }
}

/** The last value of an hour counts. Times rise. */
export function keepHour(ring: HourlyRing, time: Instant, value: number): void {
  const hour = Math.floor(time / HOUR)
  const from = Math.max(ring.newest + 1, hour - HOURS + 1)
  for (let each = from; each <= hour; each++) ring.values[placeOf(each)] = Number.NaN
  ring.newest = Math.max(ring.newest, hour)
  ring.values[placeOf(hour)] = value
}

/** NaN where it is not known, or no longer. */
export function hourAt({ values, newest }: HourlyRing, time: Instant): number {
  const hour = Math.floor(time / HOUR)
  return hour > newest || hour <= newest - HOURS ? Number.NaN : values[placeOf(hour)]!
}

/** Of the hours that are known among the `count` up to a time; NaN where none is. */
export function meanOfHours(ring: HourlyRing, time: Instant, count: number): number {
  return meanOver(ring, { time, count, of: (value) => value })
}

/** The same of absolute values; NaN where fewer than `least` are known. */
export function meanSizeOfHours(ring: HourlyRing, time: Instant, count: number, least = 1): number {
  return meanOver(ring, { time, count, least, of: Math.abs })
}

function meanOver(
  ring: HourlyRing,
  {
    time,
    count,
    least = 1,
    of,
  }: {
    readonly time: Instant
    readonly count: number
    readonly least?: number
    readonly of: (value: number) => number
  },
): number {
  let [sum, known] = [0, 0]
  for (let back = 0; back < count; back++) {
    const value = hourAt(ring, time - back * HOUR)
    if (Number.isNaN(value)) continue
    sum += of(value)
    known++
  }
  return known < least ? Number.NaN : sum / known
}

function placeOf(hour: number): number {
  return ((hour % HOURS) + HOURS) % HOURS
}
