import { DAY, HOUR, type Instant } from '../../domain/instant.ts'
import { AHEAD_HOURS, type AheadColumn, type AheadNow } from './ahead-columns.ts'

/** What a calendar must tell: which day a time is of, counted from 1970, and whether that is a holiday. */
interface Calendar {
  dayOf(time: Instant): number
  isHoliday(day: number): boolean
}

/** Columns of a calendar, by how far the day that they ask of lies from that of their hour. */
const OFFSETS = { holiday: 0, day_before_holiday: 1, day_after_holiday: -1 } as const

/** Names of the columns that a station has which names where its holidays are. */
export const CALENDAR_NAMES: readonly string[] = Object.keys(OFFSETS)

/** 1 of an hour of such a day, else 0; as columns of quantities, and never unknown. */
export function calendarColumns(calendar: Calendar, issuedAt: Instant): AheadNow {
  const column = (offset: number): AheadColumn => {
    const before = (days: number): Float64Array =>
      Float64Array.from({ length: AHEAD_HOURS }, (_, hour) => {
        const day = calendar.dayOf(issuedAt + hour * HOUR - days * DAY)
        return calendar.isHoliday(day + offset) ? 1 : 0
      })
    return {
      values: before(0),
      dayBefore: before(1),
      weekBefore: before(7),
      age: new Float64Array(AHEAD_HOURS),
    }
  }
  return Object.fromEntries(Object.entries(OFFSETS).map(([name, offset]) => [name, column(offset)]))
}
