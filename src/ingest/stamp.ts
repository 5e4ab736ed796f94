import { DateTime } from 'luxon'
import { type Instant, MINUTE, SECOND } from '../domain/instant.ts'
import type { TimeColumn } from '../domain/station.ts'
import { wallTimeOf } from './civil.ts'
import { countedInstant, EPOCH_FORMATS, serialWallTime } from './epoch.ts'
import { formatReader, isKnownToken, tokensOf } from './stamp-format.ts'
import { fixedClock, type WallClock, zoneClock } from './wall-clock.ts'
import { zoneOffset } from './zone-names.ts'

/** Reads a stamp as a station writes it; undefined where it is none. */
export type StampReader = (text: string) => Instant | undefined

export type StampRules = Pick<TimeColumn, 'formats' | 'utcOffsetMinutes' | 'zone'> & {
  readonly column?: string
}

/** The clock by which stamps are written that name no zone themselves. */
export function clockOf({ zone, utcOffsetMinutes }: StampRules): WallClock {
  return zone === undefined ? fixedClock(utcOffsetMinutes * MINUTE) : zoneClock(zone)
}

/** Tries the column's formats in order. Stamps without a zone are read by `clock`, which is the column's own. */
export function stampReader(rules: StampRules, clock: WallClock = clockOf(rules)): StampReader {
  const readers = rules.formats.map((format) => readerOf(format, clock))
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

/**
 * True where a format is one that times can be read with. Luxon takes letters it does not know for letters, so that
 * `YYYY` would be looked for in the file; `dd.mm.yyyy` reads minutes as months; a lone `hh` loses the afternoon.
 */
export function isTimeFormat(format: string): boolean {
  if (format === 'iso' || format === 'excel' || EPOCH_FORMATS.includes(format)) return true
  const parts = tokensOf(format)
  const minute = parts.findIndex((part) => part.startsWith('m'))
  if (!parts.every(isKnownToken)) return false
  if (minute >= 0 && !/^h/i.test(parts[minute - 1] ?? '')) return false
  const afternoon = DateTime.utc(2001, 12, 23, 16, 5, 7)
  const written = afternoon.toFormat(
    format.replace(/S+/g, (run) => (run.length === 1 || run.length === 3 ? run : '0'.repeat(run.length))),
    { locale: 'en' },
  )
  const read = formatReader(format, fixedClock(0))(written)
  const precisions = ['day', 'hour', 'minute', 'second'] as const
  return precisions.some((precision) => afternoon.startOf(precision).toMillis() === read)
}

function readerOf(format: string, clock: WallClock): StampReader {
  if (format === 'iso') return (text) => readIso(text, clock)
  if (EPOCH_FORMATS.includes(format)) return (text) => countedInstant(text, format)
  if (format === 'excel')
    return (text) => {
      const wall = serialWallTime(text)
      return wall === undefined ? undefined : clock.instantOf(wall)
    }
  return formatReader(format, clock)
}

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?([a-z]{1,5}|(?:UTC|GMT)[+-]\d{1,2}(?::?\d\d)?|[+-]\d\d(?::?\d\d)?)(?:\[[\w/+-]{1,64}\])?)?)?$/i
/** The basic form: `20240601T000000Z`. */
const ISO_BASIC = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(?:(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?$/i

function readIso(text: string, clock: WallClock): Instant | undefined {
  const match = ISO.exec(text) ?? ISO_BASIC.exec(text)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second, fraction, zone] = match
  const wall = wallTimeOf({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour ?? 0),
    minute: Number(minute ?? 0),
    second: Number(second ?? 0),
    millisecond: fraction ? Math.floor(Number(`0.${fraction}`) * SECOND) : 0,
  })
  if (wall === undefined) return undefined
  if (zone === undefined) return clock.instantOf(wall)
  const ahead = zoneOffset(zone)
  return ahead === undefined ? undefined : wall - ahead
}
