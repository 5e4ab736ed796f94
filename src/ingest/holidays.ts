import { createRequire } from 'node:module'
import type Holidays from 'date-holidays'
import type { HolidaysTypes } from 'date-holidays'
import { IANAZone } from 'luxon'
import { DAY, HOUR, type Instant, MINUTE } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'

/** A country by ISO 3166, with a state or region of it behind a hyphen. */
export const HOLIDAYS = 'a country by ISO 3166 such as DE, or a state of it such as DE-BY'
const CODE = /^[A-Z]{2}(-[A-Za-z0-9]{1,5}){0,2}$/

type Holiday = Pick<HolidaysTypes.Holiday, 'date' | 'start' | 'end'>

/** Days that a time may be asked for; years and days that are remembered are let go of beyond. */
const MOST_REMEMBERED = 4096

/** Loads the rules, some 25 MB, at the first call only: most stations name no holidays. */
function rulesOf(code: string): Holidays {
  const rules: typeof Holidays = createRequire(import.meta.url)('date-holidays')
  const [country = '', state = '', region = ''] = code.split('-')
  return new rules(country, state, region, { types: ['public'] })
}

/** Whether public holidays of a place are known. */
export function hasHolidays(code: string): boolean {
  if (!CODE.test(code)) return false
  const [country = '', state, region] = code.split('-')
  const rules = rulesOf(code)
  return (
    country in rules.getCountries() &&
    (state === undefined || state in (rules.getStates(country) ?? {})) &&
    (region === undefined || region in (rules.getRegions(country, state ?? '') ?? {}))
  )
}

/** Which day it is by a station's clock, counted from 1970, and whether a day is a public holiday where it stands. */
export interface HolidayCalendar {
  dayOf(time: Instant): number
  isHoliday(day: number): boolean
}

/** Undefined where a station names no place. */
export function holidayCalendar({
  holidays: code,
  time: { zone, utcOffsetMinutes },
}: Pick<Station, 'holidays' | 'time'>): HolidayCalendar | undefined {
  if (code === undefined) return undefined
  const rules = rulesOf(code)
  const clock = zone === undefined ? undefined : IANAZone.create(zone)
  const days = remembered((quarter) => {
    const time = quarter * QUARTER
    return Math.floor((time + (clock?.offset(time) ?? utcOffsetMinutes) * MINUTE) / DAY)
  })
  const years = remembered((year) => daysOff(rules.getHolidays(year)))
  return {
    dayOf: (time) => days(Math.floor(time / QUARTER)),
    isHoliday: (day) => years(new Date(day * DAY).getUTCFullYear()).has(day),
  }
}

/** Clocks are put forward and back, and stand apart, by multiples of it. */
const QUARTER = HOUR / 4

/** Days counted from 1970, each day of a longer feast. */
function daysOff(holidays: readonly Holiday[]): ReadonlySet<number> {
  return new Set(
    holidays.flatMap(({ date, start, end }) => {
      const first = Date.parse(date.slice(0, 10)) / DAY
      const count = Math.max(1, Math.round((end.getTime() - start.getTime()) / DAY))
      return Array.from({ length: count }, (_, day) => first + day)
    }),
  )
}

function remembered<T>(of: (key: number) => T): (key: number) => T {
  const known = new Map<number, T>()
  return (key) => {
    const found = known.get(key)
    if (found !== undefined) return found
    if (known.size >= MOST_REMEMBERED) known.clear()
    const fresh = of(key)
    known.set(key, fresh)
    return fresh
  }
}
