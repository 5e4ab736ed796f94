import { DateTime, FixedOffsetZone } from 'luxon'
import { HOUR, type Instant, MINUTE, SECOND } from '../domain/instant.ts'
import type { TimeColumn } from '../domain/station.ts'

/** Reads a stamp as a station writes it; undefined where it is none. */
export type StampReader = (text: string) => Instant | undefined

/** Tries the column's formats in order. Stamps without a zone are read at the column's fixed offset. */
export function stampReader({ formats, utcOffsetMinutes }: TimeColumn): StampReader {
  const readers = formats.map((format) => readerOf(format, utcOffsetMinutes))
  const [only] = readers
  if (readers.length === 1 && only) return (text) => only(text.trim())
  return (text) => {
    const stamp = text.trim()
    for (const read of readers) {
      const instant = read(stamp)
      if (instant !== undefined) return instant
    }
    return undefined
  }
}

const LUXON_TOKENS = new Set(
  'y yy yyyy M MM MMM MMMM L LL LLL LLLL d dd o ooo E EEE EEEE c ccc cccc h hh H HH m mm s ss S SSS u uu uuu a Z ZZ ZZZ z'.split(
    ' ',
  ),
)

/**
 * True where a format is one that times can be read with. Luxon takes letters it does not know for letters, so that
 * `YYYY` would be looked for in the file; `dd.mm.yyyy` reads minutes as months; a lone `hh` loses the afternoon.
 */
export function isTimeFormat(format: string): boolean {
  if (format === 'iso' || format === 'unix' || format === 'unix_ms') return true
  const parts = format.replace(/'[^']*'/g, ' ').match(/([A-Za-z])\1*/g) ?? []
  const minute = parts.findIndex((part) => part.startsWith('m'))
  if (!parts.every((part) => LUXON_TOKENS.has(part))) return false
  if (minute >= 0 && !/^h/i.test(parts[minute - 1] ?? '')) return false
  const afternoon = DateTime.utc(2001, 12, 23, 16, 5, 7)
  const read = readerOf(format, 0)(afternoon.toFormat(format, { locale: 'en' }))
  const precisions = ['day', 'hour', 'minute', 'second'] as const
  return precisions.some((precision) => afternoon.startOf(precision).toMillis() === read)
}

function readerOf(format: string, utcOffsetMinutes: number): StampReader {
  switch (format) {
    case 'iso':
      return (text) => readIso(text, utcOffsetMinutes)
    case 'unix':
      return (text) => readCount(text, SECOND)
    case 'unix_ms':
      return (text) => readCount(text, 1)
    default:
      return readFixedWidth(format, utcOffsetMinutes) ?? readLuxon(format, utcOffsetMinutes)
  }
}

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:(Z)|([+-])(\d\d):?(\d\d)?)?)?$/i

function readIso(text: string, utcOffsetMinutes: number): Instant | undefined {
  const match = ISO.exec(text)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second, fraction, utc, sign, zoneHours, zoneMinutes] = match
  const away = Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0)
  const offset = utc ? 0 : sign ? (sign === '-' ? -away : away) : utcOffsetMinutes
  return civil({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour ?? 0),
    minute: Number(minute ?? 0),
    second: Number(second ?? 0),
    millisecond: fraction ? Math.floor(Number(`0.${fraction}`) * SECOND) : 0,
    utcOffsetMinutes: offset,
  })
}

/** The reach of a JavaScript date, 100 million days either way. */
const FARTHEST = 8.64e15

function readCount(text: string, unit: number): Instant | undefined {
  if (!/^-?\d+(\.\d+)?$/.test(text)) return undefined
  const instant = Math.round(Number(text) * unit)
  return Math.abs(instant) <= FARTHEST ? instant : undefined
}

type Field = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'millisecond'
const TOKENS: Readonly<Record<string, Field>> = {
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
function readFixedWidth(format: string, utcOffsetMinutes: number): StampReader | undefined {
  const parts = format.match(/([A-Za-z])\1*|[^A-Za-z]/g) ?? []
  const fields: { field: Field; at: number; end: number }[] = []
  const literals: { code: number; at: number }[] = []
  let width = 0
  for (const part of parts) {
    const field = TOKENS[part]
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
    const read = {
      year: 0,
      month: 0,
      day: 0,
      hour: 0,
      minute: 0,
      second: 0,
      millisecond: 0,
      utcOffsetMinutes,
    }
    for (const { field, at, end } of fields) {
      let value = 0
      for (let place = at; place < end; place++) {
        const digit = text.charCodeAt(place) - 48
        if (digit < 0 || digit > 9) return undefined
        value = value * 10 + digit
      }
      read[field] = value
    }
    return civil(read)
  }
}

function readLuxon(format: string, utcOffsetMinutes: number): StampReader {
  const zone = FixedOffsetZone.instance(utcOffsetMinutes)
  const parser = DateTime.buildFormatParser(format, { locale: 'en' })
  return (text) => {
    const stamp = DateTime.fromFormatParser(text, parser, { zone, locale: 'en' })
    return stamp.isValid ? stamp.toMillis() : undefined
  }
}

interface Civil extends Readonly<Record<Field, number>> {
  readonly utcOffsetMinutes: number
}

/** 24:00:00 is the next day's midnight, as some loggers write it; 31 February and 23:60 are no times at all. */
function civil({ year, month, day, hour, minute, second, millisecond, utcOffsetMinutes }: Civil) {
  if (year < 100 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if (minute > 59 || second > 59 || hour > 24) return undefined
  if (hour === 24 && (minute > 0 || second > 0 || millisecond > 0)) return undefined
  const midnight = Date.UTC(year, month - 1, day)
  const ofDay = hour * HOUR + (minute - utcOffsetMinutes) * MINUTE + second * SECOND + millisecond
  return midnight + ofDay
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}
