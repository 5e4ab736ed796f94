import { MOST_AHEAD } from '../domain/clock-skew.ts'
import type { Fold } from '../domain/fold.ts'
import { DAY, formatInstant, formatSpan, HOUR, type Instant, MINUTE, type Span } from '../domain/instant.ts'
import type { Reading, Rejection } from '../domain/reading.ts'
import type { Channel } from '../domain/station.ts'
import type { Arrival, Merged } from './arrival.ts'
import { type Counters, differences } from './difference.ts'
import {
  isAwaited,
  type Moments,
  merged,
  noMoments,
  seenFirstAgain,
  seenPart,
  seenReleased,
} from './moments.ts'

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
  /** What is known of how the channels of one moment come. */
  moments?: Moments
  /** Where counters stood. */
  counters?: Counters
}

export interface OrderOptions {
  readonly cadence: Span
  /** The station's, where some are counters. */
  readonly channels?: readonly Channel[]
  /** How long a reading waits, in event time, for older ones to come. 0 releases each at once. */
  readonly lateness?: Span
}

type Output = Arrival | Merged

export interface Ordering extends Fold<OrderState, Reading, readonly Output[]> {
  /** Releases what is held: the tape has ended. */
  flush(state: OrderState): { readonly state: OrderState; readonly output: readonly Output[] }
}

/** A wrong year or month in one stamp must not make all readings after it late. */
const LEAP: Span = 30 * DAY

/**
 * Puts readings in order: every one comes out once, released, rejected or merged into one of the same moment, in this
 * session or at the latest when it ends. A live reading belongs to the session that runs, unless that is ahead of the clock by which the reading came in:
 * a tape may hold any time, and must not make what is measured now late until then. Live stamps cannot leap (`validate` checks them against the
 * clock), so they are never suspected. Memory: at most four readings a cadence of lateness; beyond that the oldest
 * are released early and the watermark with them.
 */
export function order({ cadence, lateness = 0, channels = [] }: OrderOptions): Ordering {
  const mostHeld = 4 * Math.ceil(lateness / cadence) + 4
  const difference = differences(channels, cadence)

  const arrive = (state: OrderState, reading: Reading, output: Output[]): void => {
    const rejection = latenessOf(state, reading.eventTime)
    if (rejection) {
      output.push({ kind: 'rejected', reading, rejection })
    } else if (isOfKnownMoment(state, reading)) {
      joinMoment(state, reading, output)
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

  /** A second reading of one moment: its other channels, the same again, or a contradiction. */
  const joinMoment = (state: OrderState, reading: Reading, output: Output[]): void => {
    const { held } = state
    const place = placeOf(held, reading.eventTime)
    const moments = momentsOf(state)
    const there = held[place]?.eventTime === reading.eventTime ? held[place] : undefined
    const known = there?.values ?? moments.released
    // Nothing was built on it yet that could not be begun anew.
    const isFirst = there === undefined && moments.isFirst === true && reading.replay === undefined
    const { rejection, values } = merged(known, reading, { isOpen: there !== undefined || isFirst, channels })
    if (isFirst && values) {
      seenFirstAgain(moments, values)
      delete state.counters
      output.push(
        { kind: 'session', session: state.session ?? 'live', again: true },
        { kind: 'reading', reading: { ...reading, values } },
      )
      return
    }
    seenPart(moments, reading, rejection)
    if (rejection || !there || !values) {
      if (rejection) output.push({ kind: 'rejected', reading, rejection })
      return
    }
    held[place] = { ...there, values }
    output.push({ kind: 'merged', reading })
    if (state.watermark !== undefined) release(state, output, state.watermark)
  }

  const settleSuspect = (state: OrderState, output: Output[], next: Instant | undefined): void => {
    const { suspect: reading, watermark } = state
    if (reading === undefined || watermark === undefined) return
    state.suspect = undefined
    if (next !== undefined && next >= reading.eventTime) take(state, reading, output)
    else output.push({ kind: 'rejected', reading, rejection: outlier(reading.eventTime, watermark) })
  }

  const take = (state: OrderState, reading: Reading, output: Output[]): void => {
    const { held } = state
    held.splice(placeOf(held, reading.eventTime), 0, reading)
    const newest = held[held.length - 1]!.eventTime
    state.watermark = Math.max(state.watermark ?? Number.NEGATIVE_INFINITY, newest - lateness)
    if (held.length > mostHeld) state.watermark = Math.max(state.watermark, held[0]!.eventTime)
    release(state, output, state.watermark)
  }

  const end = (state: OrderState, output: Output[]): void => {
    settleSuspect(state, output, undefined)
    const newest = state.held[state.held.length - 1]
    if (newest) state.watermark = newest.eventTime
    release(state, output, Number.POSITIVE_INFINITY)
  }

  const differenced = (state: OrderState, output: readonly Output[]): readonly Output[] => {
    if (!difference) return output
    state.counters ??= difference.initial()
    const { counters } = state
    return output.map((arrival) => {
      // The state is that of the session by the time it is asked for.
      if (arrival.kind !== 'reading') return arrival
      return difference.step(counters, arrival.reading)
    })
  }

  return {
    initial,
    step(state, reading) {
      const output: Output[] = []
      const session = reading.replay?.session
      const begins =
        session === undefined
          ? isAhead(state, reading)
            ? 'live'
            : undefined
          : session === state.session
            ? undefined
            : session
      if (begins === undefined) {
        arrive(state, reading, output)
        return { state, output: differenced(state, output) }
      }
      end(state, output)
      const last = differenced(state, output)
      const current: OrderState = { ...initial(), session }
      const first: Output[] = []
      arrive(current, reading, first)
      return {
        state: current,
        output: [...last, { kind: 'session', session: begins }, ...differenced(current, first)],
      }
    },
    flush(state) {
      const output: Output[] = []
      end(state, output)
      return { state, output: differenced(state, output) }
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

function release(state: OrderState, output: Output[], upTo: Instant): void {
  while (state.held.length > 0 && state.held[0]!.eventTime <= upTo) {
    // The newest waits for the rest of its moment, until it is there or a newer one comes.
    if (
      state.held.length === 1 &&
      upTo < Number.POSITIVE_INFINITY &&
      isAwaited(momentsOf(state), state.held[0]!)
    )
      return
    const reading = state.held.shift()!
    state.released = reading.eventTime
    seenReleased(momentsOf(state), reading)
    output.push({ kind: 'reading', reading })
  }
}

/** Where a stamp belongs among sorted readings; searched from the newest end, where nearly all belong. */
function placeOf(held: readonly Reading[], eventTime: Instant): number {
  let place = held.length
  while (place > 0 && held[place - 1]!.eventTime >= eventTime) place--
  return place
}

function momentsOf(state: OrderState): Moments {
  state.moments ??= noMoments()
  return state.moments
}

function isOfKnownMoment({ released, held }: OrderState, { eventTime }: Reading): boolean {
  return eventTime === released || held[placeOf(held, eventTime)]?.eventTime === eventTime
}

function latenessOf({ watermark }: OrderState, eventTime: Instant): Rejection | undefined {
  if (watermark === undefined) return undefined
  if (eventTime >= watermark) return undefined
  const behind = formatSpan(rounded(watermark - eventTime))
  const rule = `not older than the watermark ${formatInstant(watermark)}, and this is ${behind} late`
  return { field: 'event_time', value: formatInstant(eventTime), rule, reason: 'late' }
}

/** For people: of a month nobody wants the seconds. */
function rounded(span: Span): Span {
  const unit = [DAY, HOUR, MINUTE].find((each) => span >= 2 * each)
  return unit === undefined ? span : Math.round(span / unit) * unit
}

function outlier(eventTime: Instant, watermark: Instant): Rejection {
  const rule = `at most ${formatSpan(LEAP)} ahead of the readings around it (at ${formatInstant(watermark)})`
  return { field: 'event_time', value: formatInstant(eventTime), rule, reason: 'outlier_time' }
}
