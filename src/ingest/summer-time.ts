import { DAY, formatSpan, HOUR, type Instant, MINUTE, type Span } from '../domain/instant.ts'
import type { TimeColumn } from '../domain/station.ts'
import type { WallTime } from './wall-clock.ts'

/** What a step from one stamp to the next tells of the clock by which they are written. */
export type ClockStep = 'back' | 'forward' | undefined

/**
 * Watches stamps that are said to keep their offset all year, and go back by an hour in the night in which clocks are put
 * back, or leave one out where they are put forward: then half of them are of another hour.
 */
export function clockWatch(
  { zone, zoneColumn, utcOffsetMinutes }: TimeColumn,
  cadence: Span,
): (instant: Instant) => ClockStep {
  if (zone !== undefined || zoneColumn !== undefined || cadence > HOUR) return () => undefined
  const ahead = utcOffsetMinutes * MINUTE
  const room = Math.min(cadence / 2, HOUR / 4)
  let before: Instant | undefined
  return (instant) => {
    const last = before
    before = instant
    if (last === undefined) return undefined
    const step = instant - last
    // Nearly all steps end here.
    if (step > 0 && step < HOUR + cadence - room) return undefined
    const wall = last + ahead
    if (Math.abs(step - (cadence - HOUR)) <= room && isNightOf(wall, BACK)) return 'back'
    return Math.abs(step - (cadence + HOUR)) <= room && isNightOf(wall, FORWARD) ? 'forward' : undefined
  }
}

/** A row of an hour that a clock shows twice, as it was read. */
export interface DoubledRow {
  readonly stamp: string
  readonly first: Instant
  readonly later: Instant
  readonly read: Instant
}

/**
 * Watches whether an hour that is there twice in a zone is there twice in the rows. Told of each row, in order, and of a
 * doubled one how it was read; gives a sentence behind an hour of which only one was there.
 */
export function doubledHourWatch(
  { zone }: TimeColumn,
  cadence: Span,
): (instant: Instant, doubled: DoubledRow | undefined) => string | undefined {
  let before: Instant | undefined
  /** Before the hour, and of the one that goes on. */
  let from: Instant | undefined
  let begin: DoubledRow | undefined
  let end: DoubledRow | undefined
  let isTwice = false
  return (instant, doubled) => {
    const last = before
    before = instant
    if (doubled !== undefined) {
      if (begin === undefined) {
        from = last
        isTwice = false
      }
      begin ??= doubled
      end = doubled
      isTwice ||= (begin.read === begin.first) !== (doubled.read === doubled.first)
      return undefined
    }
    if (begin === undefined || end === undefined) return undefined
    const [one, other] = [begin, end]
    begin = undefined
    const span = one.later - one.first
    // Rows further apart than the hour may pass it over; those that run backwards, or go on elsewhere, tell nothing of it.
    if (isTwice || cadence > span || instant < other.read || instant - other.read > DAY) return undefined
    const isFirst = one.read === one.first
    const gap = isFirst ? instant - other.read : one.read - (from ?? one.read)
    const where =
      gap > cadence * 1.5 ? `, with a gap of ${formatSpan(gap)} ${isFirst ? 'behind' : 'before'} it` : ''
    return (
      `${one.stamp} to ${other.stamp} is there once, and clocks in ${zone} show it twice: it was read as the ` +
      `${isFirst ? 'first time, in summer time' : 'second time, behind summer time'}${where}; ` +
      'where the clock keeps its offset all year, the station file says utc_offset in place of zone; where the other time is ' +
      'meant, a column must tell: time: { zone_column: ... }'
    )
  }
}

/** Sundays, by month from 0 and days of it. */
type Sundays = readonly { readonly month: number; readonly from: number; readonly to: number }[]
const BACK: Sundays = [
  { month: 9, from: 25, to: 31 },
  { month: 10, from: 1, to: 7 },
  { month: 3, from: 1, to: 7 },
]
const FORWARD: Sundays = [
  { month: 2, from: 25, to: 31 },
  { month: 2, from: 8, to: 14 },
  { month: 9, from: 1, to: 7 },
  { month: 8, from: 24, to: 30 },
]

function isNightOf(wall: WallTime, sundays: Sundays): boolean {
  const date = new Date(wall)
  if (date.getUTCDay() !== 0 || date.getUTCHours() > 3) return false
  return sundays.some(
    ({ month, from, to }) =>
      date.getUTCMonth() === month && date.getUTCDate() >= from && date.getUTCDate() <= to,
  )
}

export const PUT_BACK =
  'a clock that keeps its offset all year, and here it is put back by an hour: the stamps follow summer time; the ' +
  'station file must say by whose clock: time: { zone: Europe/Berlin } or another place, in place of utc_offset'

export const PUT_FORWARD =
  'an hour is left out where clocks are put forward; if the stamps follow summer time, the station file says by whose ' +
  'clock, such as time: { zone: Europe/Berlin }, in place of utc_offset'
