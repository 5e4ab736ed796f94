import { describe, expect, it } from 'vitest'
import { HOUR } from '../../src/domain/instant.ts'
import { CALENDAR_NAMES, calendarColumns } from '../../src/forecast/ahead/calendar-columns.ts'
import { hasHolidays, holidayCalendar } from '../../src/ingest/holidays.ts'
import { parseStation } from '../../src/ingest/station-file.ts'
import { stationOf } from '../forecast/series.ts'

const calendarOf = (holidays: string, time: { zone?: string; utcOffsetMinutes: number }) =>
  holidayCalendar({ holidays, time: { ...stationOf().time, ...time } })!

describe('holidays', () => {
  it('holidays - a state has those of its own, and a day is one by the station’s clock', () => {
    const noon = (month: number, day: number) => Date.UTC(2026, month - 1, day, 12)
    const off = (code: string, time: number) => {
      const calendar = calendarOf(code, { zone: 'Europe/Berlin', utcOffsetMinutes: 0 })
      return calendar.isHoliday(calendar.dayOf(time))
    }
    expect(['DE', 'DE-BY', 'FR'].map((code) => off(code, noon(1, 6)))).toEqual([false, true, false])
    expect(['DE', 'DE-BY', 'FR'].map((code) => off(code, noon(5, 1)))).toEqual([true, true, true])
    expect(['DE', 'US', 'FR'].map((code) => off(code, noon(7, 14)))).toEqual([false, false, true])
    // 22:30 UTC of the eve is half past midnight there, in summer.
    expect([21.5, 22.5].map((hour) => off('DE', Date.UTC(2026, 3, 30) + hour * HOUR))).toEqual([false, true])
  })

  it('holidays - of each hour ahead whether it is of a holiday, the day before one or the day after', () => {
    const calendar = calendarOf('DE', { utcOffsetMinutes: 60 })
    const columns = calendarColumns(calendar, Date.UTC(2026, 3, 30, 20))
    expect(Object.keys(columns)).toEqual(CALENDAR_NAMES)
    const values = (name: string) => Array.from(columns[name]!.values)
    const hours = Array.from({ length: 26 }, (_, hour) => hour)
    expect(values('holiday')).toEqual(hours.map((hour) => (hour >= 3 ? 1 : 0)))
    expect(values('day_before_holiday')).toEqual(hours.map((hour) => (hour < 3 ? 1 : 0)))
    expect(values('day_after_holiday')).toEqual(hours.map(() => 0))
    expect(Array.from(columns['day_before_holiday']!.dayBefore).slice(-2)).toEqual([1, 1])
    expect(columns['holiday']!.weekBefore.some((value) => value === 1)).toBe(false)
  })

  it('holidays - a station file names the place, and one that is none is refused', () => {
    const file = (holidays: string) =>
      `{ id: a, time: { utc_offset: "+00:00" }, cadence: 1h, target: T, channels: [{ column: T, unit: "", min: 0, max: 1 }], holidays: ${holidays} }`
    expect(parseStation(file('DE-BY'), 'a.yaml').holidays).toBe('DE-BY')
    for (const wrong of ['Germany', 'DE-XX', 'ZZ', 'de', '49'])
      expect(() => parseStation(file(wrong), 'a.yaml')).toThrow(
        'expected a country by ISO 3166 such as DE, or a state of it such as DE-BY',
      )
    expect(['DE', 'US-CA', 'AT-9', 'DE-BY-A'].map(hasHolidays)).toEqual([true, true, true, true])
  })
})
