import { DAY, HOUR, type Instant, MINUTE, type Span } from './instant.ts'
import type { Station } from './station.ts'

/** A value is held no longer: so many rows at most are bridged at once, and searched for the last measurement. */
export const LONGEST_HOLD = { span: 30 * DAY, cadences: 5_000 } as const

export interface Measurement {
  readonly time: Instant
  readonly value: number
}

/** Of the measurements round a time the last one before it and the first one at it or after. */
export interface Neighbours {
  readonly before: Measurement | undefined
  readonly after: Measurement | undefined
}

/**
 * What a quantity was at a time at which nobody may have measured it:
 * 1. the measurement nearest to the time, within `tolerance`; of two as near the earlier;
 * 2. else the value on the straight line between the last one before it and the first one after, where these are at
 *    most `line` apart;
 * 3. else the last measured value, where it is at most `hold` old;
 * 4. else nobody knows.
 */
export interface MeasurementRule {
  readonly tolerance: Span
  readonly line: Span
  readonly hold: Span
}

type Pace = Pick<Station, 'cadence' | 'hold'>

/** Of truths: what forecasts are scored by and learnt from. Only a station that says so holds a value. */
export function truthRule({ cadence, hold = 0 }: Pace): MeasurementRule {
  return { tolerance: nearEnough(cadence), line: 2 * cadence, hold }
}

/** Of what forecasts are made from: a line, or a value that is held, across a hole of 3 hours costs less than none. */
export function featureRule({ cadence, hold }: Pace): MeasurementRule {
  const line = Math.max(3 * HOUR, 2 * cadence)
  return { tolerance: nearEnough(cadence), line, hold: hold ?? line }
}

/** A line between two measurements is better than one that is further away. */
function nearEnough(cadence: Span): Span {
  return Math.min(cadence / 2, 5 * MINUTE)
}

export function valueBetween(
  time: Instant,
  { before, after }: Neighbours,
  { tolerance, line, hold }: MeasurementRule,
): number | undefined {
  const since = before ? time - before.time : Number.POSITIVE_INFINITY
  const until = after ? after.time - time : Number.POSITIVE_INFINITY
  if (before && since <= until && since <= tolerance) return before.value
  if (after && until <= tolerance) return after.value
  if (before && after && since + until <= line) {
    const share = since / (since + until)
    return before.value * (1 - share) + after.value * share
  }
  return before && since <= hold ? before.value : undefined
}

/**
 * From when on no later measurement can change what the rule says of a time: those to come are later than any reading
 * so far. `after` ends all doubt: it has come.
 */
export function finalFrom(
  time: Instant,
  { before, after }: Neighbours,
  { tolerance, line }: MeasurementRule,
): Instant {
  if (after) return after.time
  if (before && time - before.time <= tolerance) return time + (time - before.time)
  return Math.max(time + tolerance, before ? before.time + line : Number.NEGATIVE_INFINITY)
}
