/** A point in time: milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number
/** A length of time in milliseconds. */
export type Span = number

export const SECOND: Span = 1_000
export const MINUTE: Span = 60 * SECOND
export const HOUR: Span = 60 * MINUTE
export const DAY: Span = 24 * HOUR

const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-](?:0\d|1[0-4]):\d{2})$/
const DATE_ONLY = /^\d{4}-\d{2}-\d{2}$/

/** RFC 3339 in UTC with `Z`, without milliseconds where there are none: `2009-10-24T05:10:00Z`. */
export function formatInstant(instant: Instant): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z')
}

/** Parses RFC 3339 with a zone; undefined for anything else, such as a bare date: whose midnight it means it does not say. */
export function parseInstant(text: string): Instant | undefined {
  return RFC3339.test(text) ? instantOf(text) : undefined
}

/** As `parseInstant`, of what people ask for: a bare date is midnight UTC. */
export function parseDateOrInstant(text: string): Instant | undefined {
  return DATE_ONLY.test(text) ? instantOf(text) : parseInstant(text)
}

function instantOf(text: string): Instant | undefined {
  const instant = Date.parse(text)
  return Number.isNaN(instant) || !dayExists(text) ? undefined : instant
}

/** `Date.parse` takes 30 February for 1 March. */
function dayExists(text: string): boolean {
  const day = Number(text.slice(8, 10))
  if (day <= 28) return true
  return day <= new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate()
}

/** A century: what is longer is a slip of the pen, and ends in times that no calendar has. */
const LONGEST: Span = 36_500 * DAY
const UNITS: Record<string, Span> = { s: SECOND, m: MINUTE, min: MINUTE, h: HOUR, d: DAY }

/** Parses `90s`, `10m`, `1h`, `30d` (also `10min`); undefined for anything else, and past a century. */
export function parseSpan(text: string): Span | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(s|min|m|h|d)$/.exec(text.trim())
  const unit = match?.[2] === undefined ? undefined : UNITS[match[2]]
  const span = Number(match?.[1]) * (unit ?? Number.NaN)
  return span <= LONGEST ? span : undefined
}

/** The shortest of `30d`, `6h`, `10m`, `90s` that says a span exactly. */
export function formatSpan(span: Span): string {
  if (span % DAY === 0) return `${span / DAY}d`
  if (span % HOUR === 0) return `${span / HOUR}h`
  if (span % MINUTE === 0) return `${span / MINUTE}m`
  return `${span / SECOND}s`
}
