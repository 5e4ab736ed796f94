import type { Instant } from '../domain/instant.ts'
import type { TimeColumn } from '../domain/station.ts'
import { beginsAt1900, EPOCH_FORMATS, isUnset, likelyEpoch, serialWallTime, yearOfCount } from './epoch.ts'
import { clockOf, type StampRules, stampReader } from './stamp.ts'
import { tokensOf } from './stamp-format.ts'
import { fixedClock, type WallClock } from './wall-clock.ts'
import { zoneOffset } from './zone-names.ts'

export interface RowTimeReader {
  /** The stamp that several cells make up. */
  joined(cells: readonly string[]): string
  /** `zone`: what the column that names the zone holds. */
  read(stamp: string, zone: string | undefined): Instant | undefined
  /** Where the clock shows the time that was read last twice: the later one. */
  readonly later: Instant | undefined
  /** The rule that a stamp breaks which cannot be read, with the way out where there is one. */
  rule(stamp: string, zone: string | undefined): string
}

/** Reads the time of rows out of one or several cells, and one that names the zone. */
export function rowTimeReader(time: TimeColumn): RowTimeReader {
  const clock = listeningClock(clockOf(time))
  const read = stampReader(time, clock)
  const widths = paddedWidths(time)
  /** Clocks by the name of their zone, where a column names it. */
  const clocks = new Map<string, ReturnType<typeof stampReader> | undefined>()
  const readerOf = (zone: string) => {
    if (!clocks.has(zone)) {
      if (clocks.size > 64) clocks.clear()
      const ahead = zoneOffset(zone, time.zones)
      clocks.set(zone, ahead === undefined ? undefined : stampReader(time, fixedClock(ahead)))
    }
    return clocks.get(zone)
  }

  return {
    get later() {
      return clock.later
    },
    joined: (cells) => joined(cells, widths),
    read(stamp, zone) {
      clock.later = undefined
      return zone === undefined ? read(stamp) : readerOf(zone)?.(stamp)
    },
    rule(stamp, zone) {
      if (zone !== undefined && readerOf(zone) === undefined)
        return `the name of a zone; what '${zone}' is, time: { zones: { "${zone}": "+01:00" } } says`
      return timeRule(time, stamp)
    },
  }
}

/** A clock that remembers whether what it was asked last is there twice. */
function listeningClock(clock: WallClock): WallClock & { later: Instant | undefined } {
  return {
    later: undefined,
    instantOf(wall) {
      const instant = clock.instantOf(wall)
      this.later = instant === undefined ? undefined : clock.laterOf(wall)
      return instant
    },
    laterOf: clock.laterOf,
  }
}

/** Of a format with as many parts as there are columns: how many digits each has, so that `5` is read as `0005`. */
function paddedWidths({ columns, formats }: TimeColumn): readonly number[] {
  const parts = formats[0]?.split(' ') ?? []
  if (columns === undefined || parts.length !== columns.length) return []
  return parts.map((part) => (/^[yMdHmso]{2,}$/.test(part) ? part.length : 0))
}

function joined(stamps: readonly string[], widths: readonly number[]): string {
  return stamps
    .map((stamp, index) => {
      const text = stamp.trim()
      const width = widths[index] ?? 0
      return text.length < width && /^\d+$/.test(text) ? text.padStart(width, '0') : text
    })
    .join(' ')
}

/** Between the begin and the end of an interval. */
const INTERVAL = / [-–—/] /
const isWritten = (format: string): boolean =>
  /[yMdHhms]/.test(format) && !/^(?:iso|excel|unix.*)$/.test(format)

function timeRule(time: TimeColumn, stamp: string): string {
  const rule = `a time written as ${time.formats.join(' or ')}`
  const text = stamp.trim()
  const epoch = likelyEpoch(text)
  if (epoch !== undefined && !time.formats.includes(epoch)) {
    const counted = time.formats.find((format) => EPOCH_FORMATS.includes(format))
    const year =
      counted === undefined ? '' : `, as ${counted} it is of the year ${yearOfCount(text, counted)}`
    return `${rule}; a count${year}, of our time as format: ${epoch}`
  }
  if (serialWallTime(text) !== undefined && !time.formats.includes('excel'))
    return `${rule}; the number of a day in a spreadsheet is format: excel`
  const early = time.formats.find((format) => EPOCH_FORMATS.includes(format) && beginsAt1900(text, format))
  if (early !== undefined)
    return `${rule}, which counts from 1970: this is of the year ${yearOfCount(text, early)}; is it a count from 1900 or 1904?`
  const unset = time.formats.find((format) => EPOCH_FORMATS.includes(format) && isUnset(text, format))
  if (unset !== undefined)
    return `${rule}, which counts from 1970: this is of the year ${yearOfCount(text, unset)}, as of a clock that was not set; or is it a count since some start? Then nothing tells when that was: rows need a time of their own, and live a tick without one is of when it comes`
  const sign = INTERVAL.exec(text)?.[0]
  const begins = sign === undefined ? [] : time.formats.filter(isWritten).map((format) => `${format}${sign}*`)
  if (begins.length > 0 && stampReader({ ...time, formats: begins })(text) !== undefined)
    return `${rule}; of an interval the begin is read as format: "${begins.join('" or "')}"`
  const swapped = withDayAndMonthSwapped(time)
  if (swapped && stampReader(swapped)(text) !== undefined)
    return `${rule}; it is one as ${swapped.formats.join(' or ')}: month and day may be the other way round`
  if (time.zone !== undefined && stampReader({ ...time, zone: undefined })(text) !== undefined)
    return `a time that clocks in ${time.zone} show: they are put forward over it; where a station keeps its offset all year, utc_offset is the key`
  return rule
}

/** The formats with day and month in each other's place; undefined where there is none to swap. */
export function withDayAndMonthSwapped(time: StampRules): StampRules | undefined {
  const formats = time.formats.map((format) => {
    const tokens = tokensOf(format)
    const month = tokens.find((token) => /^M{1,2}$/.test(token))
    const day = tokens.find((token) => /^d{1,2}$/.test(token))
    // From the year down to the day there is one order in use.
    if (month === undefined || day === undefined || /^yyyy/.test(format)) return format
    return format
      .replace(/'[^']*'|M+|d+/g, (part) => (part === month ? '\u0001' : part === day ? month : part))
      .replace('\u0001', day)
  })
  return formats.every((format, index) => format === time.formats[index]) ? undefined : { ...time, formats }
}
