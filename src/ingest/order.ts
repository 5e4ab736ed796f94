import { MOST_AHEAD } from '../domain/clock-skew.ts'
import type { Fold } from '../domain/fold.ts'
import { DAY, formatInstant, formatSpan, type Instant, type Span } from '../domain/instant.ts'
import type { Reading, Rejection } from '../domain/reading.ts'

/** Output of ordering: readings in strictly increasing event time, and why others were rejected. */
export type Arrival =
  | { readonly kind: 'reading'; readonly reading: Reading }
  | { readonly kind: 'rejected'; readonly reading: Reading; readonly rejection: Rejection }
  /**
   * A replay session begins, the first one too, or `live` behind a tape that has run ahead of the present: whatever was
   * built from earlier readings is to be forgotten.
   */
  | { readonly kind: 'session'; readonly session: string }

/** Plain data, mutated by `step`. */
export interface OrderState {
  session: string | undefined
  /** What is older is late; everything up to it has been released. Undefined before the first reading. */
  watermark: Instant | undefined
  released: Instant | undefined
  /** Newer than the watermark, sorted by event time, no two of the same. */
  held: Reading[]
  /** A replay reading far ahead of all others, until the next one tells whether time went on from there. */
  suspect: Reading | undefined
}

export interface OrderOptions {
  readonly cadence: Span
  /** How long a reading waits, in event time, for older ones to come. 0 releases each at once. */
  readonly lateness?: Span
}

export interface Ordering extends Fold<OrderState, Reading, readonly Arrival[]> {
  /** Releases what is held: the tape has ended. */
  flush(state: OrderState): { readonly state: OrderState; readonly output: readonly Arrival[] }
}

/** A wrong year or month in one stamp must not make all readings after it late. */
const LEAP: Span = 30 * DAY

/**
 * Puts readings in order: every one comes out once, released or rejected, in this session or at the latest when it
 * ends. A live reading belongs to the session that runs, unless that is ahead of the clock by which the reading came in:
 * a tape may hold any time, and must not make what is measured now late until then. Live stamps cannot leap (`validate` checks them against the
 * clock), so they are never suspected. Memory: at most four readings a cadence of lateness; beyond that the oldest
 * are released early and the watermark with them.
 */
export function order({ cadence, lateness = 0 }: OrderOptions): Ordering {
  const mostHeld = 4 * Math.ceil(lateness / cadence) + 4

  const arrive = (state: OrderState, reading: Reading, output: Arrival[]): void => {
    const rejection = rejectionOf(state, reading.eventTime)
    if (rejection) {
      output.push({ kind: 'rejected', reading, rejection })
    } else if (state.suspect !== undefined) {
      settleSuspect(state, output, reading.eventTime)
      arrive(state, reading, output)
    } else if (
      reading.replay &&
      state.watermark !== undefined &&
      reading.eventTime > state.watermark + LEAP
    ) {
      state.suspect = reading
    } else {
      take(state, reading, output)
    }
  }

  const settleSuspect = (state: OrderState, output: Arrival[], next: Instant | undefined): void => {
    const { suspect: reading, watermark } = state
    if (reading === undefined || watermark === undefined) return
    state.suspect = undefined
    if (next !== undefined && next >= reading.eventTime) take(state, reading, output)
    else output.push({ kind: 'rejected', reading, rejection: outlier(reading.eventTime, watermark) })
  }

  const take = (state: OrderState, reading: Reading, output: Arrival[]): void => {
    const { held } = state
    held.splice(placeOf(held, reading.eventTime), 0, reading)
    const newest = held[held.length - 1]!.eventTime
    state.watermark = Math.max(state.watermark ?? Number.NEGATIVE_INFINITY, newest - lateness)
    if (held.length > mostHeld) state.watermark = Math.max(state.watermark, held[0]!.eventTime)
    release(state, output, state.watermark)
  }

  const end = (state: OrderState, output: Arrival[]): void => {
    settleSuspect(state, output, undefined)
    const newest = state.held[state.held.length - 1]
    if (newest) state.watermark = newest.eventTime
    release(state, output, Number.POSITIVE_INFINITY)
  }

  return {
    initial,
    step(state, reading) {
      const output: Arrival[] = []
      const session = reading.replay?.session
      let current = state
      if (session === undefined && isAhead(state, reading)) {
        end(state, output)
        current = initial()
        output.push({ kind: 'session', session: 'live' })
      }
      if (session !== undefined && session !== state.session) {
        end(state, output)
        current = { ...initial(), session }
        output.push({ kind: 'session', session })
      }
      arrive(current, reading, output)
      return { state: current, output }
    },
    flush(state) {
      const output: Arrival[] = []
      end(state, output)
      return { state, output }
    },
  }
}

/** A tape was played whose readings are of a time that has not come yet. */
function isAhead({ session, watermark, held }: OrderState, { ingestTime }: Reading): boolean {
  if (session === undefined) return false
  const newest = held[held.length - 1]?.eventTime ?? watermark ?? Number.NEGATIVE_INFINITY
  return newest > ingestTime + MOST_AHEAD
}

function initial(): OrderState {
  return { session: undefined, watermark: undefined, released: undefined, held: [], suspect: undefined }
}

function release(state: OrderState, output: Arrival[], upTo: Instant): void {
  while (state.held.length > 0 && state.held[0]!.eventTime <= upTo) {
    const reading = state.held.shift()!
    state.released = reading.eventTime
    output.push({ kind: 'reading', reading })
  }
}

/** Where a stamp belongs among sorted readings; searched from the newest end, where nearly all belong. */
function placeOf(held: readonly Reading[], eventTime: Instant): number {
  let place = held.length
  while (place > 0 && held[place - 1]!.eventTime >= eventTime) place--
  return place
}

function rejectionOf({ watermark, released, held }: OrderState, eventTime: Instant): Rejection | undefined {
  if (watermark === undefined) return undefined
  const stamp = { field: 'event_time', value: formatInstant(eventTime) }
  if (eventTime < watermark) {
    const behind = formatSpan(watermark - eventTime)
    const rule = `not older than the watermark ${formatInstant(watermark)}, and this is ${behind} late`
    return { ...stamp, rule, reason: 'late' }
  }
  if (eventTime === released || held[placeOf(held, eventTime)]?.eventTime === eventTime) {
    return { ...stamp, rule: 'one reading for each time', reason: 'duplicate' }
  }
  return undefined
}

function outlier(eventTime: Instant, watermark: Instant): Rejection {
  const rule = `at most ${formatSpan(LEAP)} ahead of the readings around it (at ${formatInstant(watermark)})`
  return { field: 'event_time', value: formatInstant(eventTime), rule, reason: 'outlier_time' }
}
