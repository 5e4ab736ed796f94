import type { Instant, Span } from '../domain/instant.ts'
import { type Measurement, type MeasurementRule, valueBetween } from '../domain/measurement-rule.ts'

/**
 * The measurements of the last `reach` of time, found by time and not by row. Memory is bounded whatever the pace of
 * the readings: of those within one `grain` of time the newest is kept. Plain data; shapes: [capacity], a ring from
 * `first` on, oldest first.
 */
export interface RecentMeasurements {
  readonly times: Float64Array
  readonly values: Float64Array
  first: number
  count: number
  readonly grain: Span
}

export function emptyRecent({
  reach,
  grain,
}: {
  readonly reach: Span
  readonly grain: Span
}): RecentMeasurements {
  const capacity = Math.ceil(reach / grain) + 2
  return {
    times: new Float64Array(capacity),
    values: new Float64Array(capacity),
    first: 0,
    count: 0,
    grain,
  }
}

/** Times come in rising order. */
export function addMeasurement(recent: RecentMeasurements, time: Instant, value: number): void {
  const { times, values, grain } = recent
  const capacity = times.length
  const newest = recent.count === 0 ? undefined : timeAt(recent, recent.count - 1)
  const replaces = newest !== undefined && Math.floor(newest / grain) === Math.floor(time / grain)
  if (!replaces && recent.count === capacity) recent.first = (recent.first + 1) % capacity
  else if (!replaces) recent.count++
  const place = (recent.first + recent.count - 1) % capacity
  times[place] = time
  values[place] = value
}

/** What the quantity was at a time, as far as these measurements and the rule tell. */
export function valueAt(
  recent: RecentMeasurements,
  time: Instant,
  rule: MeasurementRule,
): number | undefined {
  const after = firstAtOrAfter(recent, time)
  const neighbours = { before: measurementAt(recent, after - 1), after: measurementAt(recent, after) }
  return valueBetween(time, neighbours, rule)
}

/**
 * The means over the last `spans` of time up to and with `now`, the shortest span first; undefined where a span holds
 * nothing.
 */
export function meansOver(
  recent: RecentMeasurements,
  now: Instant,
  spans: readonly Span[],
): (number | undefined)[] {
  let index = firstAtOrAfter(recent, now + 1)
  let sum = 0
  let count = 0
  return spans.map((span) => {
    while (index > 0 && timeAt(recent, index - 1) > now - span) {
      index--
      sum += valueIn(recent, index)
      count++
    }
    return count > 0 ? sum / count : undefined
  })
}

/** The lowest and the highest value after `from` and up to `to`. */
export function rangeOver(
  recent: RecentMeasurements,
  from: Instant,
  to: Instant,
): { readonly lowest: number; readonly highest: number } | undefined {
  let lowest = Number.POSITIVE_INFINITY
  let highest = Number.NEGATIVE_INFINITY
  for (let index = firstAtOrAfter(recent, from + 1); index < recent.count; index++) {
    if (timeAt(recent, index) > to) break
    const value = valueIn(recent, index)
    if (value < lowest) lowest = value
    if (value > highest) highest = value
  }
  return lowest <= highest ? { lowest, highest } : undefined
}

function firstAtOrAfter(recent: RecentMeasurements, time: Instant): number {
  let low = 0
  let high = recent.count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (timeAt(recent, middle) < time) low = middle + 1
    else high = middle
  }
  return low
}

function measurementAt(recent: RecentMeasurements, index: number): Measurement | undefined {
  if (index < 0 || index >= recent.count) return undefined
  return { time: timeAt(recent, index), value: valueIn(recent, index) }
}

function timeAt({ times, first }: RecentMeasurements, index: number): Instant {
  return times[(first + index) % times.length]!
}

function valueIn({ values, first }: RecentMeasurements, index: number): number {
  return values[(first + index) % values.length]!
}
