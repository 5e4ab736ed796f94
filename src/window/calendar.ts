import { DAY, type Instant, MINUTE } from '../domain/instant.ts'

const TWO_PI = 2 * Math.PI

/** The year asked for last, on some clock: neighbouring times are asked for one after the other. */
let year = { start: 0, end: 0 }

/**
 * Time of day and of year as points on two circles, so that 23:50 lies next to 00:00 and 31 December next to
 * 1 January: [sin hour, cos hour, sin day of year, cos day of year].
 *
 * Both are read on the station's own clock, `utcOffsetMinutes` ahead of UTC: its midnight is (0, 1) of the first
 * pair, the start of its year (0, 1) of the second. A year is one turn, leap year or not, and moves on within a day.
 */
export function clockFeatures(
  instant: Instant,
  utcOffsetMinutes: number,
): [sinHour: number, cosHour: number, sinDay: number, cosDay: number] {
  const local = instant + utcOffsetMinutes * MINUTE
  const hour = (TWO_PI * local) / DAY
  if (local < year.start || local >= year.end) year = yearOf(local)
  const day = (TWO_PI * (local - year.start)) / (year.end - year.start)
  return [Math.sin(hour), Math.cos(hour), Math.sin(day), Math.cos(day)]
}

function yearOf(local: Instant): typeof year {
  const number = new Date(local).getUTCFullYear()
  return { start: Date.UTC(number, 0), end: Date.UTC(number + 1, 0) }
}
