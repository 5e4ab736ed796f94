import { DAY, HOUR, MINUTE, SECOND } from '../domain/instant.ts'
import type { WallTime } from './wall-clock.ts'

export interface Civil {
  readonly year: number
  /** From 1; or the day of the year in `ordinal`. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly millisecond: number
}

/** 24:00:00 is the next day's midnight, as some loggers write it; 31 February and 23:60 are no times at all. */
export function wallTimeOf({
  year,
  month,
  day,
  hour,
  minute,
  second,
  millisecond,
}: Civil): WallTime | undefined {
  if (year < 100 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if (minute > 59 || second > 59 || hour > 24) return undefined
  if (hour === 24 && (minute > 0 || second > 0 || millisecond > 0)) return undefined
  return Date.UTC(year, month - 1, day) + hour * HOUR + minute * MINUTE + second * SECOND + millisecond
}

/** Month and day of a day of the year, from 1; undefined where the year has no such day. */
export function dayOfYear(
  year: number,
  ordinal: number,
): { readonly month: number; readonly day: number } | undefined {
  const date = new Date(Date.UTC(year, 0, 1) + (ordinal - 1) * DAY)
  if (ordinal < 1 || date.getUTCFullYear() !== year) return undefined
  return { month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}
