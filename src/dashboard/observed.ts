import { HOUR, type Instant, MINUTE, type Span } from '../domain/instant.ts'

/** The target as it was read at one time. */
export interface ObservedPoint {
  readonly time: Instant
  /** Null where the row held no measurement of the target. */
  readonly value: number | null
  /** Held from the last measurement, not measured. */
  readonly bridged: boolean
}

/** How far back the page looks. */
export const OBSERVED_SPAN: Span = 72 * HOUR

/** A station that ticks every second would fill the page's memory: one point a minute is more than a screen shows. */
const FINEST: Span = MINUTE

/** Two readings further apart than this are not joined by a line: nothing is known in between. */
export function longestJoin(cadence: Span): Span {
  return Math.max(2.5 * cadence, HOUR)
}

function bounded(points: readonly ObservedPoint[]): readonly ObservedPoint[] {
  const newest = points.at(-1)
  if (!newest) return points
  const from = points.findIndex((point) => point.time >= newest.time - OBSERVED_SPAN)
  return from <= 0 ? points : points.slice(from)
}

/** The series with a newer point at its end, or one that has what the last one lacked. Any other changes nothing. */
export function appended(points: readonly ObservedPoint[], point: ObservedPoint): readonly ObservedPoint[] {
  const last = points.at(-1)
  if (last?.time === point.time && last.value === null) return bounded([...points.slice(0, -1), point])
  if (last && point.time <= last.time) return points
  const beforeLast = points.at(-2)
  const crowded = last && beforeLast && point.time - beforeLast.time < FINEST
  return bounded([...(crowded ? points.slice(0, -1) : points), point])
}

/** Two series of one session as one, each time once, ascending; where both have a time, the first one's point stays. */
export function merged(
  points: readonly ObservedPoint[],
  others: readonly ObservedPoint[],
): readonly ObservedPoint[] {
  const byTime = new Map<Instant, ObservedPoint>()
  for (const point of others) byTime.set(point.time, point)
  for (const point of points) byTime.set(point.time, point)
  const ascending = [...byTime.values()].sort((a, b) => a.time - b.time)
  return bounded(thinned(ascending))
}

function thinned(ascending: readonly ObservedPoint[]): readonly ObservedPoint[] {
  const kept: ObservedPoint[] = []
  for (const point of ascending) {
    const beforeLast = kept.at(-2)
    if (beforeLast && point.time - beforeLast.time < FINEST) kept.pop()
    kept.push(point)
  }
  return kept
}
