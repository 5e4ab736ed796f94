import { type Instant, MINUTE } from '../domain/instant.ts'
import type { Speed } from '../protocol/provenance.ts'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** What stands where a number is unknown. */
export const UNKNOWN = '–'

/** Writes instants on a station's own clock, which runs at a fixed offset from UTC and knows no summer time. */
export interface StationClock {
  readonly offsetMinutes: number
  /** `UTC+1`, `UTC+5:30`, `UTC`. */
  readonly zone: string
  /** `05:10` */
  time(instant: Instant): string
  /** `Sat 24 Oct` */
  day(instant: Instant): string
  /** `24 Oct 2009` */
  date(instant: Instant): string
  /** `Sat 24 Oct 2009 05:10` */
  stamp(instant: Instant): string
}

export function stationClock(offsetMinutes: number): StationClock {
  const local = (instant: Instant) => new Date(instant + offsetMinutes * MINUTE)
  const time = (instant: Instant) => local(instant).toISOString().slice(11, 16)
  const dayAndMonth = (at: Date) => `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}`
  const day = (instant: Instant) => `${DAYS[local(instant).getUTCDay()]} ${dayAndMonth(local(instant))}`
  const date = (instant: Instant) => `${dayAndMonth(local(instant))} ${local(instant).getUTCFullYear()}`
  return {
    offsetMinutes,
    zone: zoneName(offsetMinutes),
    time,
    day,
    date,
    stamp: (instant) => `${DAYS[local(instant).getUTCDay()]} ${date(instant)} ${time(instant)}`,
  }
}

function zoneName(offsetMinutes: number): string {
  if (offsetMinutes === 0) return 'UTC'
  const hours = Math.floor(Math.abs(offsetMinutes) / 60)
  const minutes = Math.abs(offsetMinutes) % 60
  const clock = minutes === 0 ? String(hours) : `${hours}:${String(minutes).padStart(2, '0')}`
  return `UTC${offsetMinutes < 0 ? '−' : '+'}${clock}`
}

/** So many places of a number, a minus among them, are worth their room. */
const MOST_PLACES = 5

/** With a true minus sign, so that columns of figures line up: `−3.1`; of large numbers with fewer decimals: `101325`. */
export function decimal(value: number | null | undefined, digits: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNKNOWN
  const whole = Math.trunc(value).toString().length
  const text = Math.abs(value).toFixed(Math.max(0, Math.min(digits, MOST_PLACES - whole)))
  return value < 0 && Number(text) !== 0 ? `−${text}` : text
}

/** An error in a column, in at most five characters up to 99999: `2.30`, `12.30`, `123.4`, `1234`. */
export function errorFigure(error: number | null | undefined): string {
  const size = error ?? 0
  return decimal(error, size < 99.995 ? 2 : size < 999.95 ? 1 : 0)
}

/** `1,234,567` */
export function count(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

/** A share as a signed whole percentage: `+14 %`, `−3 %`, `0 %`. */
export function signedPercent(share: number | undefined): string {
  if (share === undefined || !Number.isFinite(share)) return UNKNOWN
  const percent = Math.round(share * 100)
  if (percent === 0) return '0 %'
  return `${percent > 0 ? '+' : '−'}${Math.abs(percent)} %`
}

/** `3600x`, `as fast as possible`. */
export function speedName(speed: Speed): string {
  return speed === 'max' ? 'as fast as possible' : `${speed}x`
}

/** The unit of a quantity as people write it. */
export function unitName(unit: string): string {
  return unit === 'degC' ? '°C' : unit
}

const CHANNEL_NAMES: Record<string, string> = { 'T (degC)': 'temperature' }

/** A target in words: its channel's name without the unit where there is no better one. */
export function targetName(target: string): string {
  return CHANNEL_NAMES[target] ?? target.replace(/\s*\([^)]*\)\s*$/, '')
}
