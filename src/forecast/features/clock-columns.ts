import { DAY, type Instant, MINUTE } from '../../domain/instant.ts'

/** How many of the clock's columns are of the hour of day, and of the day of year; the others are their products. */
export const HOUR_COLUMNS = 4
export const YEAR_COLUMNS = 4
export const CLOCK_COLUMNS = HOUR_COLUMNS + YEAR_COLUMNS + 2 * HOUR_COLUMNS

const TWO_PI = 2 * Math.PI
const YEAR_DAYS = 365.2425

/**
 * Writes where the station's clock stands: sine and cosine of the hour and of twice the hour, the same of the day of
 * year, and the four of the hour times the first two of the year, so that noon may mean another thing in July.
 */
export function writeClock(
  time: Instant,
  utcOffsetMinutes: number,
  { into, offset }: { readonly into: Float64Array; readonly offset: number },
): number {
  const days = (time + utcOffsetMinutes * MINUTE) / DAY
  const hour = TWO_PI * days
  const year = (TWO_PI * days) / YEAR_DAYS
  let place = offset
  for (const angle of [hour, 2 * hour, year, 2 * year]) {
    into[place++] = Math.sin(angle)
    into[place++] = Math.cos(angle)
  }
  for (let ofYear = 0; ofYear < 2; ofYear++) {
    for (let ofHour = 0; ofHour < HOUR_COLUMNS; ofHour++) {
      into[place++] = into[offset + ofHour]! * into[offset + HOUR_COLUMNS + ofYear]!
    }
  }
  return place
}

export const CLOCK_NAMES: readonly string[] = [
  ...['hour', '2 x hour', 'year', '2 x year'].flatMap((angle) => [`sin ${angle}`, `cos ${angle}`]),
  ...['sin year', 'cos year'].flatMap((year) =>
    ['sin hour', 'cos hour', 'sin 2 x hour', 'cos 2 x hour'].map((hour) => `${hour} x ${year}`),
  ),
]
