import { InvalidArgumentError } from 'commander'
import { DAY, type Instant, parseDateOrInstant, parseSpan, type Span } from '../domain/instant.ts'
import { EXPERT_NAMES, isStationName } from '../experts/choose.ts'
import type { Place } from '../ingest/asked-issuer.ts'
import { FASTEST } from '../protocol/provenance.ts'
import { STATION_ID } from '../protocol/topics.ts'
import { formatOf, TABLE_FORMATS } from '../tables/table-format.ts'

/*
 * What the values of flags may be. A parser says what is expected; commander puts the flag's name and what was given in
 * front.
 */

export function parseSpeed(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY
  const speed = Number(text.replace(/x$/, ''))
  if (!(speed > 0 && speed <= FASTEST)) {
    throw new InvalidArgumentError(`Expected a number above 0 up to ${FASTEST}, or max.`)
  }
  return speed
}

export function parseDate(text: string): Instant {
  const instant = parseDateOrInstant(text)
  if (instant === undefined) {
    throw new InvalidArgumentError(
      'Expected a date such as 2012-07-01, or a time with its zone such as 2012-07-01T12:00:00Z.',
    )
  }
  return instant
}

export function parseDuration(text: string): Span {
  const span = parseSpan(text)
  if (span === undefined)
    throw new InvalidArgumentError('Expected a duration such as 10m, 6h or 30d, at most 36500d.')
  return span
}

export function parsePositiveDuration(text: string): Span {
  const span = parseDuration(text)
  if (span <= 0) throw new InvalidArgumentError('Expected a duration above 0.')
  return span
}

/** A forecast must outlast its last lead, or nothing would ever be there to set beside what came. */
export function parseKeepFor(text: string): Span {
  const span = parseSpan(text)
  if (span === undefined || span < DAY)
    throw new InvalidArgumentError('Expected a duration such as 30d or 730d, from 1d to 36500d.')
  return span
}

export function parseCount({ min, max }: { readonly min: number; readonly max: number }) {
  return (text: string): number => {
    const count = Number(text)
    if (text.trim() === '' || !Number.isInteger(count) || count < min || count > max) {
      throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`)
    }
    return count
  }
}

export function parseUnits(text: string): number[] {
  const units = text.split(',').map(Number)
  if (units.length === 0 || units.length > 4 || units.some((n) => !Number.isInteger(n) || n < 1 || n > 512)) {
    throw new InvalidArgumentError('Expected 1 to 4 whole numbers from 1 to 512, such as 32 or 32,64.')
  }
  return units
}

export function parseExperts(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.filter((name) => !EXPERT_NAMES.includes(name) && !isStationName(name))
  if (unknown.length > 0) {
    const families = ['outside', 'outside_ISSUER', 'outside_ISSUER_corrected', 'ahead', 'neighbours']
    const known = [...EXPERT_NAMES, ...families].join(', ')
    throw new InvalidArgumentError(
      `'${unknown.join("', '")}' is none. Expected some of ${known}, with commas between them; one of --expert takes part by that.`,
    )
  }
  return names
}

/** An empty one comes of a variable that was left out: `--data $FILE`. */
export function parseText(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Expected some text.')
  return text
}

/** Of several the last would count, and the others be left out without a word. */
export function oneStation(text: string, before: string | undefined): string {
  if (before !== undefined)
    throw new InvalidArgumentError(
      'Expected one: a further station is --neighbour FILE, with its readings FILE:DATA where files are played.',
    )
  return parseText(text)
}

export function parseStationId(text: string): string {
  if (!STATION_ID.test(text)) {
    throw new InvalidArgumentError(
      'Expected the id of a station: lower-case letters, digits, - and _, at most 64.',
    )
  }
  return text
}

export function parseTableFile(text: string): string {
  if (formatOf(text) === undefined) {
    throw new InvalidArgumentError(
      `Expected a file that ends in ${TABLE_FORMATS.map((name) => `.${name}`).join(', ')}.`,
    )
  }
  return text
}

export function parsePlace(text: string): Place {
  const [latitude, longitude, ...more] = text
    .split(',')
    .map((part) => (part.trim() ? Number(part) : Number.NaN))
  if (more.length > 0 || !(Math.abs(latitude!) <= 90) || !(Math.abs(longitude ?? Number.NaN) <= 180))
    throw new InvalidArgumentError('Expected degrees north and east such as 50.93,11.59.')
  return { latitude: latitude!, longitude: longitude! }
}

/** Those given before, and this one; in a variable of the environment with commas between them. */
export function parseOrigins(text: string, before: readonly string[] | undefined): readonly string[] {
  const origins = text.split(',').map((origin) => origin.trim())
  if (
    !origins.every(
      (origin) => URL.canParse(origin) && /^https?:/.test(origin) && new URL(origin).origin === origin,
    )
  ) {
    throw new InvalidArgumentError('Expected an origin such as https://home.example or http://10.0.0.2:3000.')
  }
  return [...(before ?? []), ...origins]
}

/** Without a scheme it is that of the first protocol. */
export function parseUrl({
  protocols,
  example,
}: {
  readonly protocols: readonly string[]
  readonly example: string
}) {
  return (text: string): string => {
    const withScheme = text.includes('://') ? text : `${protocols[0]}//${text}`
    const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined
    if (!url?.hostname || !protocols.includes(url.protocol)) {
      throw new InvalidArgumentError(`Expected an address such as ${example}.`)
    }
    return withScheme
  }
}

/** Those given before, and this one. */
export function parseDataFiles(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), parseText(text)]
}
