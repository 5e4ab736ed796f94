import fc from 'fast-check'
import { DateTime, FixedOffsetZone } from 'luxon'
import { expect, test } from 'vitest'
import { rowTimeReader } from '../../src/ingest/row-time.ts'
import { isTimeFormat, stampReader } from '../../src/ingest/stamp.ts'

const moments = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2199, 11, 31) })
const offsets = fc.integer({ min: -12 * 60, max: 14 * 60 })
const FORMATS = ['dd.MM.yyyy HH:mm:ss', 'yyyy-MM-dd HH:mm', 'MM/dd/yyyy HH:mm:ss.SSS', 'yyyyMMddHHmmss']

test('stamp - plain formats are read as Luxon reads them, at any offset', () => {
  fc.assert(
    fc.property(moments, offsets, fc.constantFrom(...FORMATS, 'iso'), (moment, utcOffsetMinutes, format) => {
      const zone = FixedOffsetZone.instance(utcOffsetMinutes)
      const written = DateTime.fromMillis(moment, { zone })
      const text = format === 'iso' ? written.toFormat("yyyy-MM-dd'T'HH:mm:ss.SSS") : written.toFormat(format)
      const read = stampReader({ column: 't', formats: [format], utcOffsetMinutes })(text)
      const expected =
        format === 'iso' ? DateTime.fromISO(text, { zone }) : DateTime.fromFormat(text, format, { zone })
      expect(read).toBe(expected.toMillis())
    }),
  )
})

test('stamp - one wrong character makes it no time, as it does for Luxon', () => {
  const format = 'dd.MM.yyyy HH:mm:ss'
  const read = stampReader({ column: 't', formats: [format], utcOffsetMinutes: 0 })
  const character = fc.constantFrom(...'0123456789.:- x')
  fc.assert(
    fc.property(moments, fc.nat({ max: 18 }), character, (moment, at, replacement) => {
      const written = DateTime.fromMillis(moment, { zone: 'utc' }).toFormat(format)
      const text = written.slice(0, at) + replacement + written.slice(at + 1)
      fc.pre(text.trim() === text)
      const luxon = DateTime.fromFormat(text, format, { zone: 'utc' })
      // Luxon knows the years 0 to 99; no station does.
      fc.pre(!luxon.isValid || luxon.year >= 100)
      expect(read(text)).toBe(luxon.isValid ? luxon.toMillis() : undefined)
    }),
    { numRuns: 500 },
  )
})

test('stamp - formats beyond the plain ones work too', () => {
  const read = (format: string, text: string) =>
    stampReader({ column: 't', formats: [format], utcOffsetMinutes: 60 })(text)
  expect(read('d.M.yy H:mm', '1.2.20 3:04')).toBe(Date.UTC(2020, 1, 1, 2, 4))
  expect(read('LLL d yyyy h:mm a', 'Feb 1 2020 3:04 PM')).toBe(Date.UTC(2020, 1, 1, 14, 4))
  expect(read('yyyy-MM-dd HH:mm ZZ', '2020-02-01 03:04 +00:00')).toBe(Date.UTC(2020, 1, 1, 3, 4))
  expect(read('unix', '1580526240')).toBe(1580526240000)
  expect(read('unix_ms', '1580526240123')).toBe(1580526240123)
  expect(read('unix', '0x10')).toBeUndefined()
  expect(read('iso', '2020-02-01')).toBe(Date.UTC(2020, 0, 31, 23))
  expect(read('iso', '12:00')).toBeUndefined()
})

test('stamp - 24:00 is the next midnight, 24:10 and 31 June are no times', () => {
  const read = stampReader({ column: 't', formats: ['dd.MM.yyyy HH:mm', 'iso'], utcOffsetMinutes: 0 })
  expect(read('30.06.2020 24:00')).toBe(Date.UTC(2020, 6, 1))
  for (const text of ['30.06.2020 24:10', '31.06.2020 10:00', '2021-02-29T00:00', '00.01.2020 00:00', ''])
    expect(read(text)).toBeUndefined()
})

test('stamp - a format that loses the time of day is found out', () => {
  expect(
    ['dd.MM.yyyy HH:mm', 'yyyy-MM-dd', 'yyyy-MM-dd hh:mm a', 'iso', 'unix'].filter(isTimeFormat),
  ).toHaveLength(5)
  expect(
    ['YYYY-MM-DD HH:mm', 'dd.mm.yyyy HH:MM', 'yyyy-MM-dd hh:mm', 'HH:mm', ''].filter(isTimeFormat),
  ).toEqual([])
})

test('stamp - a month goes by its name in the languages around, and by none that several have', () => {
  const read = stampReader({ formats: ['d. MMM yyyy'], utcOffsetMinutes: 0 })
  const monthsOf = (text: string) => text.split(' ').map((name) => read(`1. ${name} 2024`))
  const months = Array.from({ length: 12 }, (_, month) => Date.UTC(2024, month))
  expect(monthsOf('Jan. Feb Mrz April Mai Juni Juli Aug. Sept. Okt. Nov Dez')).toEqual(months)
  expect(monthsOf('janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.')).toEqual(months)
  expect(monthsOf('ene. febrero marzo abr mayo jun jul agosto set octubre nov dic')).toEqual(months)
  expect(monthsOf('jui lis Monday ju')).toEqual([undefined, undefined, undefined, undefined])
})

test('stamp - no clock is 15 hours ahead, nor 90 minutes past an hour', () => {
  const read = stampReader({ formats: ['iso'], utcOffsetMinutes: 0 })
  for (const offset of ['+25:00', '+15:00', '+05:99', '-99', 'XYZ'])
    expect(read(`2024-06-01T00:00:00${offset}`), offset).toBeUndefined()
  for (const offset of ['+02:00', '+0200', '+02', ' CEST', ' UTC+2', '+02:00[Europe/Berlin]'])
    expect(read(`2024-06-01T02:00:00${offset}`), offset).toBe(Date.UTC(2024, 5, 1))
})

test.each([
  ['unix', 1],
  ['unix_ms', 1e3],
  ['unix_us', 1e6],
  ['unix_ns', 1e9],
])(
  'stamp - %s of the seventies is a count since some start, or of a clock that was not set',
  (format, unit) => {
    const read = stampReader({ column: 't', formats: [format], utcOffsetMinutes: 0 })
    const years = (year: number) => (Date.UTC(year, 5) / 1e3) * unit
    for (const seconds of [0, 3_600, 3e6, 86_400 * 365 * 4])
      expect(read(String(seconds * unit))).toBeUndefined()
    for (const year of [1971, 1979, 2095, 2300]) expect(read(String(years(year)))).toBeUndefined()
    for (const year of [1900, 1965, 1981, 2026, 2089])
      expect(read(String(years(year)))).toBe(Date.UTC(year, 5))
  },
)

test('stamp - a count that is none of our time is refused with what it may be', () => {
  const { rule } = rowTimeReader({ column: 't', formats: ['unix'], utcOffsetMinutes: 0 })
  expect(rule('3000000', undefined)).toContain(
    'of the year 1970, as of a clock that was not set; or is it a count since some start?',
  )
  expect(rule('3957724800', undefined)).toContain('of the year 2095; is it a count from 1900 or 1904?')
  expect(rule('1767225600000', undefined)).toContain('of our time as format: unix_ms')
})
