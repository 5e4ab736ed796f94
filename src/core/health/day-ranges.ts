import { DAY, type Instant } from '../../domain/instant.ts'

/** Lowest and highest of a day, UTC, and of the day before. Plain data, mutated by its functions. */
export interface DayRanges {
  /** Since 1970. */
  day: number
  today: Range
  yesterday: Range
}

export type Range = readonly [low: number, high: number]

/** A new one each time: states are written with what they share. */
const nothing = (): Range => [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]

export function emptyDays(): DayRanges {
  return { day: Number.MIN_SAFE_INTEGER, today: nothing(), yesterday: nothing() }
}

export function widenDays(days: DayRanges, time: Instant, value: number): void {
  const day = Math.floor(time / DAY)
  if (day > days.day) {
    days.yesterday = day === days.day + 1 ? days.today : nothing()
    days.today = nothing()
    days.day = day
  }
  days.today = [Math.min(days.today[0], value), Math.max(days.today[1], value)]
}

/** Of both days. */
export function twoDays({ today, yesterday }: DayRanges): Range {
  return [Math.min(today[0], yesterday[0]), Math.max(today[1], yesterday[1])]
}

/** Of the day before, where it began no earlier than `from`; undefined where it did, or nothing was measured. */
export function wholeYesterday({ day, yesterday }: DayRanges, from: Instant): Range | undefined {
  return (day - 1) * DAY >= from && yesterday[0] <= yesterday[1] ? yesterday : undefined
}
