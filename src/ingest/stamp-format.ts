import { DateTime } from 'luxon'
import type { Instant } from '../domain/instant.ts'
import { dayOfYear, wallTimeOf } from './civil.ts'
import { monthNamed } from './month-names.ts'
import type { WallClock, WallTime } from './wall-clock.ts'
import { zoneOffset } from './zone-names.ts'

/** A stamp as a clock on a wall shows it, and how far that is ahead of UTC where the stamp says so itself. */
export interface ReadStamp {
  readonly wall: WallTime
  readonly ahead: number | undefined
}

const LUXON_TOKENS = new Set(
  'y yy yyyy M MM MMM MMMM L LL LLL LLLL d dd o ooo E EEE EEEE c ccc cccc h hh H HH m mm s ss S SSS u uu uuu a Z ZZ ZZZ z'.split(
    ' ',
  ),
)

/** The runs of letters of a format, quoted text left out. */
export function tokensOf(format: string): readonly string[] {
  return format.replace(/'[^']*'/g, ' ').match(/([A-Za-z])\1*/g) ?? []
}

export function isKnownToken(token: string): boolean {
  return LUXON_TOKENS.has(token) || /^S{1,9}$/.test(token)
}

/** Text to instant; undefined where the text is no stamp of the format. */
export function formatReader(format: string, clock: WallClock): (text: string) => Instant | undefined {
  const fixed = fixedWidthReader(format)
  if (fixed)
    return (text) => {
      const wall = fixed(text)
      return wall === undefined ? undefined : clock.instantOf(wall)
    }
  const pattern = patternReader(format) ?? luxonReader(format)
  return (text) => {
    const read = pattern(text)
    if (read === undefined) return undefined
    return read.ahead === undefined ? clock.instantOf(read.wall) : read.wall - read.ahead
  }
}

type Field = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'millisecond'
const FIXED: Readonly<Record<string, Field>> = {
  yyyy: 'year',
  MM: 'month',
  dd: 'day',
  HH: 'hour',
  mm: 'minute',
  ss: 'second',
  SSS: 'millisecond',
}

/**
 * A format made of two- and four-digit tokens and plain separators has every digit at a fixed place: reading those
 * takes a fortieth of Luxon's time, which would be most of what reading a row costs. Undefined for any other format.
 */
function fixedWidthReader(format: string): ((text: string) => WallTime | undefined) | undefined {
  const parts = format.match(/([A-Za-z])\1*|[^A-Za-z]/g) ?? []
  const fields: { field: Field; at: number; end: number }[] = []
  const literals: { code: number; at: number }[] = []
  let width = 0
  for (const part of parts) {
    const field = FIXED[part]
    if (field) fields.push({ field, at: width, end: width + part.length })
    else if (/^[-./: ,_]$/.test(part)) literals.push({ code: part.charCodeAt(0), at: width })
    else return undefined
    width += part.length
  }
  const once = new Set(fields.map(({ field }) => field))
  if (once.size !== fields.length || !once.has('year') || !once.has('month') || !once.has('day'))
    return undefined
  return (text) => {
    if (text.length !== width) return undefined
    for (const { code, at } of literals) if (text.charCodeAt(at) !== code) return undefined
    const read = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, millisecond: 0 }
    for (const { field, at, end } of fields) {
      let value = 0
      for (let place = at; place < end; place++) {
        const digit = text.charCodeAt(place) - 48
        if (digit < 0 || digit > 9) return undefined
        value = value * 10 + digit
      }
      read[field] = value
    }
    return wallTimeOf(read)
  }
}

const PATTERNS: Readonly<Record<string, string>> = {
  yyyy: '(?<year>\\d{4})',
  y: '(?<year>\\d{4})',
  yy: '(?<shortYear>\\d{2})',
  MM: '(?<month>\\d{2})',
  M: '(?<month>\\d{1,2})',
  L: '(?<month>\\d{1,2})',
  LL: '(?<month>\\d{2})',
  MMM: '(?<monthName>\\p{L}{3,12})\\.?',
  MMMM: '(?<monthName>\\p{L}{3,12})\\.?',
  dd: '(?<day>\\d{2})',
  d: '(?<day>\\d{1,2})',
  ooo: '(?<ordinal>\\d{3})',
  o: '(?<ordinal>\\d{1,3})',
  HH: '(?<hour>\\d{2})',
  H: '(?<hour>\\d{1,2})',
  hh: '(?<hour>\\d{2})',
  h: '(?<hour>\\d{1,2})',
  mm: '(?<minute>\\d{2})',
  m: '(?<minute>\\d{1,2})',
  ss: '(?<second>\\d{2})',
  s: '(?<second>\\d{1,2})',
  EEE: '\\p{L}{2,4}\\.?',
  EEEE: '\\p{L}+',
  ccc: '\\p{L}{2,4}\\.?',
  cccc: '\\p{L}+',
  a: '(?<half>[ap])\\.?\\s*(?:m\\.?)?',
  Z: '(?<zone>[+-]\\d{1,2}(?::\\d\\d)?)',
  ZZ: '(?<zone>[+-]\\d\\d:\\d\\d)',
  ZZZ: '(?<zone>[+-]\\d{4}|[a-z]{1,5})',
}

/** Everything but names of zones and of other calendars, in one expression; undefined for a format with those. */
function patternReader(format: string): ((text: string) => ReadStamp | undefined) | undefined {
  let source = ''
  const parts = format.match(/'[^']*'|([A-Za-z])\1*|\s+|[^A-Za-z]/g) ?? []
  for (const [at, part] of parts.entries()) {
    if (/^\s+$/.test(part)) source += '\\s+'
    else if (/^[A-Za-z]/.test(part)) {
      const token = /^S+$/.test(part)
        ? `(?<fraction>\\d{${part.length === 1 ? '1,9' : part.length}})`
        : PATTERNS[part]
      if (token === undefined) return undefined
      // `12:30a` and `12:30 PM`: the blank may be there or not.
      source = part === 'a' ? `${source.replace(/\\s\+$/, '')}\\s*${token}` : source + token
    } else if (part === '*' && at === parts.length - 1) source += '.*'
    else source += part.replace(/^'|'$/g, '').replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  }
  let expression: RegExp
  try {
    expression = new RegExp(`^${source}$`, 'iu')
  } catch {
    return undefined // a token that is there twice
  }
  return (text) => {
    const read = expression.exec(text)?.groups
    if (read === undefined) return undefined
    const year = read['shortYear'] === undefined ? Number(read['year']) : fullYear(Number(read['shortYear']))
    const date =
      read['ordinal'] === undefined
        ? { month: monthOf(read), day: Number(read['day']) }
        : dayOfYear(year, Number(read['ordinal']))
    if (!date) return undefined
    const hour = hourOf(Number(read['hour'] ?? 0), read['half']?.toLowerCase())
    const wall = wallTimeOf({
      year,
      ...date,
      hour,
      minute: Number(read['minute'] ?? 0),
      second: Number(read['second'] ?? 0),
      millisecond: Math.floor(Number(`0.${read['fraction'] ?? 0}`) * 1000),
    })
    if (wall === undefined || Number.isNaN(wall)) return undefined
    const zone = read['zone']
    if (zone === undefined) return { wall, ahead: undefined }
    const ahead = zoneOffset(zone)
    return ahead === undefined ? undefined : { wall, ahead }
  }
}

/** As Luxon has it: up to 60 it is of this century. */
function fullYear(year: number): number {
  return year > 60 ? 1900 + year : 2000 + year
}

function monthOf({ month, monthName = '' }: Readonly<Record<string, string | undefined>>): number {
  return month === undefined ? (monthNamed(monthName) ?? Number.NaN) : Number(month)
}

/** Of a day in two halves: 12 is the first hour of either. More than 12 is no such hour. */
function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined) return hour
  if (hour < 1 || hour > 12) return Number.NaN
  return (hour % 12) + (half === 'p' ? 12 : 0)
}

function luxonReader(format: string): (text: string) => ReadStamp | undefined {
  const parser = DateTime.buildFormatParser(format, { locale: 'en' })
  const saysZone = tokensOf(format).some((token) => /^[zZ]/.test(token))
  return (text) => {
    const stamp = DateTime.fromFormatParser(text, parser, { zone: 'utc', locale: 'en' })
    return stamp.isValid ? { wall: stamp.toMillis(), ahead: saysZone ? 0 : undefined } : undefined
  }
}
