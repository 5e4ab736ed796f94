import { DAY, type Instant, type Span } from '../../domain/instant.ts'
import { type DayRanges, emptyDays, twoDays, widenDays } from './day-ranges.ts'

/*
 * What a sensor's own accepted readings have reached so far: how far it went from one to the next, within a day, and
 * how often it said the same again. What is far beyond that is no measurement.
 */

/** As many of the largest steps as are kept. */
const STEPS_KEPT = 5
/** Steps larger than so many times the fifth largest are left aside: faults of before anybody could know. */
const FAR_ABOVE_OTHERS = 3
/** Steps seen before any is judged, and for how long. */
const LEAST_MOVES = 48
const LEAST_SPAN: Span = DAY
/** After so many steps twice as much is allowed as in the long run. */
const EARLY_MOVES = 100

const VISITS_OF_AN_END = 3

/** Plain data, mutated by its functions. */
export interface PastReach {
  /** Of the first accepted reading. */
  first: Instant | undefined
  /** Of the newest accepted reading. */
  newest: Instant | undefined
  /** How often it has changed from one reading to the next. */
  moves: number
  /** The largest changes from one reading to the next, the largest first. */
  readonly steps: number[]
  /** Readings in a row that said the same. */
  longestRun: number
  low: number
  high: number
  /** How often it came to the lowest, and to the highest. */
  lowVisits: number
  highVisits: number
  /** On the level where the sensor is. */
  days: DayRanges
  /** The furthest apart that two readings of adjacent days have been. */
  dayRange: number
}

export function emptyReach(): PastReach {
  return {
    first: undefined,
    newest: undefined,
    moves: 0,
    steps: [],
    longestRun: 1,
    low: Number.POSITIVE_INFINITY,
    high: Number.NEGATIVE_INFINITY,
    lowVisits: 0,
    highVisits: 0,
    days: emptyDays(),
    dayRange: 0,
  }
}

/** Takes an accepted reading in; `step`: how far it is from the one a cadence before it, undefined where that is missing. */
export function reachTo(past: PastReach, time: Instant, value: number, step: number | undefined): void {
  past.first ??= time
  past.newest = time
  if (step !== 0) visit(past, value)
  widenDays(past.days, time, value)
  const [low, high] = twoDays(past.days)
  past.dayRange = Math.max(past.dayRange, high - low)
  if (!step) return
  past.moves++
  keepStep(past, step)
}

function visit(past: PastReach, value: number): void {
  if (value <= past.low) {
    past.lowVisits = value < past.low ? 1 : past.lowVisits + 1
    past.low = value
  }
  if (value >= past.high) {
    past.highVisits = value > past.high ? 1 : past.highVisits + 1
    past.high = value
  }
}

/** Whether a value is one at which the sensor ends, as rain does at 0: the lowest or highest, and it came there time and again. */
export function isAnEnd({ low, high, lowVisits, highVisits }: PastReach, value: number): boolean {
  return (value <= low && lowVisits >= VISITS_OF_AN_END) || (value >= high && highVisits >= VISITS_OF_AN_END)
}

function keepStep({ steps }: PastReach, step: number): void {
  const place = steps.findIndex((kept) => kept < step)
  if (place >= 0) steps.splice(place, 0, step)
  else steps.push(step)
  if (steps.length > STEPS_KEPT) steps.pop()
}

/** What was taken for a fault is how the sensor is from here on: `later` comes to what it did before. */
export function reachFurther(past: PastReach, later: PastReach): void {
  past.newest = later.newest ?? past.newest
  past.moves += later.moves
  for (const step of later.steps) keepStep(past, step)
  past.longestRun = Math.max(past.longestRun, later.longestRun)
  if (later.low < past.low) [past.low, past.lowVisits] = [later.low, later.lowVisits]
  if (later.high > past.high) [past.high, past.highVisits] = [later.high, later.highVisits]
  // At a new level days are compared with others of it alone.
  past.days = later.days
  past.dayRange = Math.max(past.dayRange, later.dayRange)
}

/** A jump that is real is one that the sensor makes. */
export function jumpsToo(past: PastReach, jump: number): void {
  for (let kept = 0; kept < STEPS_KEPT; kept++) keepStep(past, jump)
}

/** Whether enough is known to judge by. */
export function isKnown({ first, newest, moves }: PastReach): boolean {
  return first !== undefined && newest !== undefined && newest - first >= LEAST_SPAN && moves >= LEAST_MOVES
}

/** The largest step that counts; to be asked once the past is known. */
export function largestStep({ steps }: PastReach): number {
  const most = FAR_ABOVE_OTHERS * (steps.at(-1) ?? 0)
  return steps.find((step) => step <= most) ?? 0
}

/** How far the largest steps are apart: what the next record may be above the last one. Between 1 and 3. */
export function stepTail(past: PastReach): number {
  const smallest = past.steps.at(-1) ?? 0
  return smallest > 0 ? largestStep(past) / smallest : 1
}

/** What is allowed more while little has been seen: 1 in the long run. */
export function earlyFactor({ moves }: PastReach): number {
  return 1 + EARLY_MOVES / Math.max(1, moves)
}
