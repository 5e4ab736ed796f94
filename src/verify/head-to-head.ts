import type { Fold } from '../domain/fold.ts'
import { LEADS, type Settlement } from '../domain/forecast.ts'
import { DAY, type Instant } from '../domain/instant.ts'
import { advanceToDay, type DayRing, emptyDays, isFull } from './day-ring.ts'

/** The error of both over the 30 days that end with a day. */
export interface HeadToHeadPoint {
  /** The end of that day. */
  readonly at: Instant
  /** Mean absolute error in the target's unit. */
  readonly mae: number
  readonly referenceMae: number
}

export interface HeadToHeadState {
  /** Issue time of the first forecast settled. */
  start: Instant | undefined
  readonly days: DayRing
  /** Sums since the start over the days that have ended. */
  own: number
  theirs: number
  /** How many days had passed at the newest end of a day at which the published forecast was not below the reference. */
  lastNotBelow: number
  passed: number
  windows: number
  wins: number
  /** One for each `stride` of days, oldest first; thinned out when they become many. */
  points: HeadToHeadPoint[]
  stride: number
}

const OWN = 0
const THEIRS = 1
const COUNT = 2
const MOST_POINTS = 1024

/**
 * The published forecast against a reference, at +24 h, over the forecasts that both made: since the start, and over every
 * 30 days in a row. Memory does not grow with the length of the stream.
 */
export function headToHead(
  published: string,
  reference: string,
): Fold<HeadToHeadState, readonly Settlement[], undefined> {
  return {
    initial: () => ({
      start: undefined,
      days: emptyDays(3),
      own: 0,
      theirs: 0,
      lastNotBelow: 0,
      passed: 0,
      windows: 0,
      wins: 0,
      points: [],
      stride: 1,
    }),
    step(state, settlements) {
      for (const { leadIndex, models, truth, issuedAt, validAt } of settlements) {
        if (leadIndex !== LEADS - 1) continue
        const own = models.get(published)?.[leadIndex]
        const theirs = models.get(reference)?.[leadIndex]
        if (own === undefined || theirs === undefined) continue
        state.start ??= issuedAt
        advanceToDay(state.days, Math.floor((validAt - state.start) / DAY), (day, sums) =>
          endDay(state, day, sums),
        )
        const { open } = state.days
        open[OWN]! += Math.abs(own - truth)
        open[THEIRS]! += Math.abs(theirs - truth)
        open[COUNT]! += 1
      }
      return { state, output: undefined }
    },
  }
}

export interface HeadToHeadResult {
  /**
   * The day of the stream from which on the error since the start has stayed below the reference's; null if it has
   * not.
   */
  readonly belowFromDay: number | null
  /**
   * Share of all 30 days in a row, one such window ending with each day, in which the error was below the
   * reference's.
   */
  readonly winRate: number | null
  readonly windows: number
  readonly points: readonly HeadToHeadPoint[]
}

export function headToHeadResult({
  lastNotBelow,
  passed,
  windows,
  wins,
  points,
}: HeadToHeadState): HeadToHeadResult {
  return {
    belowFromDay: passed > lastNotBelow ? lastNotBelow + 1 : null,
    winRate: windows > 0 ? wins / windows : null,
    windows,
    points,
  }
}

function endDay(state: HeadToHeadState, day: number, sums: Float64Array): void {
  const { days, start = 0 } = state
  state.own += sums[OWN]!
  state.theirs += sums[THEIRS]!
  state.passed = day + 1
  if (state.own >= state.theirs) state.lastNotBelow = state.passed
  const [own, theirs, count] = [days.total[OWN]!, days.total[THEIRS]!, days.total[COUNT]!]
  if (!isFull(days) || count === 0) return
  state.windows++
  if (own < theirs) state.wins++
  if (state.passed % state.stride === 0) {
    state.points.push({ at: start + state.passed * DAY, mae: own / count, referenceMae: theirs / count })
  }
  if (state.points.length >= MOST_POINTS) {
    state.stride *= 2
    state.points = state.points.filter(({ at }) => Math.round((at - start) / DAY) % state.stride === 0)
  }
}
