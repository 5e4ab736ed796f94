import { DAY, type Instant, SECOND } from '../domain/instant.ts'

/** Counts of time since 1970, by what a station file calls them: how many make a millisecond. */
const PER_MS: Readonly<Record<string, number>> = { unix: 1e-3, unix_ms: 1, unix_us: 1e3, unix_ns: 1e6 }
export const EPOCH_FORMATS = Object.keys(PER_MS)

const COUNT = /^-?\d+(\.\d+)?(?:e\+?\d+)?$/i
/**
 * Between these a count is none of our time: a clock that begins at 1970 was never set, or it counts from some start, an
 * hour or years ago. No sensor has sent counts of the seventies; archives have those of before 1970, which are negative.
 */
const UNSET = { from: -31 * DAY, to: Date.UTC(1980, 0) } as const
/** Past it the count is of another unit, or begins at 1900 or 1904, as those of NTP and of some loggers do. */
const LATEST: Instant = Date.UTC(2090, 0)
const EARLIEST: Instant = Date.UTC(1990, 0)
/** What is guessed of a count is of a time that is not far off. */
const LATEST_GUESS: Instant = Date.UTC(2060, 0)

/** Undefined where it is no count, or one that is not of this unit. */
export function countedInstant(text: string, format: string): Instant | undefined {
  if (!COUNT.test(text)) return undefined
  const instant = Math.round(Number(text) / PER_MS[format]!)
  return isOfNoClock(instant) || instant < -LATEST || instant >= LATEST ? undefined : instant
}

/** The unit in which a count is of our time, where there is one. */
export function likelyEpoch(text: string): string | undefined {
  if (!COUNT.test(text)) return undefined
  return EPOCH_FORMATS.find((format) => {
    const instant = Number(text) / PER_MS[format]!
    return instant >= EARLIEST && instant < LATEST_GUESS
  })
}

/** What a count that is not of our time is in this unit, for people: `the year 57385`. */
export function yearOfCount(text: string, format: string): number {
  const years = Number(text) / PER_MS[format]! / (365.2425 * DAY)
  return Math.floor(1970 + years)
}

/** Days since this are what spreadsheets keep a time as, by the clock on the wall. */
const FIRST_SERIAL = Date.UTC(1899, 11, 30)
const SERIAL = /^\d{5}(?:[.,]\d{1,15})?$/

/** What a clock shows, to the second, of a spreadsheet's number of a day such as `45444.5`; undefined where it is none. */
export function serialWallTime(text: string): number | undefined {
  if (!SERIAL.test(text)) return undefined
  const wall = FIRST_SERIAL + Math.round((Number(text.replace(',', '.')) * DAY) / SECOND) * SECOND
  return wall >= EARLIEST && wall < LATEST ? wall : undefined
}

function isOfNoClock(instant: Instant): boolean {
  return instant > UNSET.from && instant < UNSET.to
}

/** True where a count would be one of our time if it began at 1900 or 1904. */
export function beginsAt1900(text: string, format: string): boolean {
  if (!COUNT.test(text)) return false
  const instant = Number(text) / PER_MS[format]!
  return instant >= LATEST && instant < Date.UTC(2130, 0)
}

/** True where a count is one since a start, or of a clock that was not set: as one of time it is of the seventies. */
export function isUnset(text: string, format: string): boolean {
  return COUNT.test(text) && isOfNoClock(Number(text) / PER_MS[format]!)
}
