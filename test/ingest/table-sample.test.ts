import { describe, expect, it } from 'vitest'
import { formatInstant, HOUR } from '../../src/domain/instant.ts'
import { readCase } from '../support/file-case.ts'
import { temporaryFolder } from '../support/files.ts'

const files = temporaryFolder()
let count = 0

const START = Date.UTC(2025, 5, 1)

/** What comes of hourly rows under this header, `row` being each one from its hour on. */
async function readOf(
  header: string,
  row: (hour: number, iso: string) => string,
  {
    time = 'column: time, utc_offset: "+00:00"',
    top = '',
    rows = 60,
    max = 9000,
    column = 'power',
    channels = '',
  } = {},
) {
  const lines = Array.from({ length: rows }, (_, hour) => row(hour, formatInstant(START + hour * HOUR)))
  const name = `table-${count++}`
  return readCase({
    data: await files.write(`${name}.csv`, `${[header, ...lines].join('\n')}\n`),
    station: await files.write(
      `${name}.yaml`,
      `{ id: x, time: { ${time} }, cadence: 1h, target: power, ${top}\n  channels: [{ name: power, column: ${column}, unit: W, min: -1000, max: ${max} }${channels}] }`,
    ),
  })
}

const german = (value: number) => value.toLocaleString('de-DE')
const english = (value: number) => value.toLocaleString('en-US')
const two = (value: number) => String(value).padStart(2, '0')

describe('table sample', () => {
  it.each([
    ['a comma', english, '1,013'],
    ['a point', german, '1.013'],
  ])(
    'table sample - thousands parted by %s are refused with both ways, or read as the file is said to be',
    async (_, written, cell) => {
      const power = (hour: number) => 900 + 113 * hour
      const row = (hour: number, iso: string) => `${iso};${written(power(hour))}`
      expect((await readOf('time;power', row)).refusal).toContain(
        `power is '${cell}', which can be 1.013 or 1013; the station file must say which: decimal: comma or decimal: point`,
      )
      for (const [decimal, factor] of [
        [cell.includes(',') ? 'point' : 'comma', 1],
        [cell.includes(',') ? 'comma' : 'point', 1000],
      ] as const) {
        const { values } = await readOf('time;power', row, { top: `decimal: ${decimal},`, rows: 12 })
        expect(values.get('2025-06-01T01:00:00Z')).toBeCloseTo(1013 / factor, 9)
      }
    },
  )

  it('table sample - one cell that tells is enough for all', async () => {
    const row = (hour: number, iso: string) => `${iso};${hour === 40 ? '0,5' : `1.${two(hour)}5`}`
    const { values } = await readOf('time;power', row)
    expect(values.get('2025-06-01T03:00:00Z')).toBe(1035)
    expect(values.get('2025-06-02T16:00:00Z')).toBe(0.5)
  })

  it('table sample - flags behind a comma are no tenths', async () => {
    const { refusal } = await readOf(
      '"time","power"',
      (hour, iso) => `"${iso}","${200 + hour},${hour % 9 ? 1 : 5}"`,
    )
    expect(refusal).toMatch(
      /power is '200,5', which can be a value and a flag, or a decimal comma; .*flag: \{ separator/,
    )
    const tenths = await readOf('"time","power"', (hour, iso) => `"${iso}","${200 + hour},${hour % 10}"`)
    expect(tenths.values.get('2025-06-01T01:00:00Z')).toBe(201.1)
  })

  it('table sample - several sensors in one column are refused by the name of the column that tells them apart', async () => {
    for (const column of ['entity_id', 'sensor', 'device', 'Channel', 'station name', 'topic'])
      expect(
        (await readOf(`time,${column},power`, (hour, iso) => `${iso},${'abc'[hour % 3]},${hour}`)).refusal,
      ).toContain(
        `the rows are of several: ${column} is 'a', 'b', 'c'; the station file must say whose are meant: where:`,
      )
    // The number of a row names nothing, and neither does where the wind comes from.
    for (const column of ['id', 'wind direction'])
      expect(
        (
          await readOf(
            `time,${column},power`,
            (hour, iso) => `${iso},${column === 'id' ? hour : 'NEW'[hour % 3]},5`,
          )
        ).values.size,
      ).toBe(60)
  })

  it('table sample - a sensor that another one comes to stand for is told where it does', async () => {
    const { values, refused } = await readOf(
      'time,sensor,power',
      (hour, iso) => `${iso},${hour < 500 ? 'a' : 'b'},5`,
      { rows: 600 },
    )
    expect(values.size).toBe(500)
    expect(refused).toHaveLength(100)
    expect(refused[0]?.rejection).toMatchObject({
      field: 'sensor',
      value: 'b',
      rule: expect.stringContaining('where: { sensor:'),
    })
  })

  it('table sample - days and months in each other’s place are told by stamps that are none, and by jumps', async () => {
    const time = 'column: time, format: MM/dd/yyyy HH:mm, utc_offset: "+00:00"'
    const row = (hour: number) => `${two(1 + Math.floor(hour / 24))}/06/2025 ${two(hour % 24)}:00,5`
    for (const rows of [100, 380])
      expect((await readOf('time,power', row, { time, rows })).refusal).toContain(
        'are times as format: dd/MM/yyyy HH:mm',
      )
  })

  it('table sample - a date without its time of day names the column that has it', async () => {
    const row = (hour: number) => `01.06.2025,${two(hour % 24)}:00,${hour}`
    const { refusal } = await readOf('time,clock,power', row, {
      time: 'column: time, format: dd.MM.yyyy, utc_offset: "+00:00"',
      rows: 24,
    })
    expect(refusal).toContain("time: { column: [time, clock], format: ... }, for '01.06.2025 01:00'")
  })

  it('table sample - a count in another unit names its unit', async () => {
    for (const [digits, unit] of [
      [3, 'unix_ms'],
      [6, 'unix_us'],
      [9, 'unix_ns'],
    ] as const) {
      const row = (hour: number) => `${(START + hour * HOUR) / 1000}${'0'.repeat(digits)},5`
      const time = 'column: time, format: unix, utc_offset: "+00:00"'
      expect((await readOf('time,power', row, { time })).refusal).toContain(`of our time as format: ${unit}`)
      expect((await readOf('time,power', row, { time: time.replace('unix', unit) })).values.size).toBe(60)
    }
  })

  it('table sample - behind whole numbers, or where others have a decimal comma, a point is no decimal sign unseen', async () => {
    const power = (hour: number) => german(400 + hour)
    const late = await readOf('time;power', (hour, iso) => `${iso};${power(hour)}`, { rows: 700 })
    expect(late.values.size).toBe(600)
    expect(late.refused[0]?.rejection).toMatchObject({ field: 'power', value: '1.000', reason: 'malformed' })
    const beside = await readOf('time;power;temp', (hour, iso) => `${iso};${power(hour)};11,5`, {
      rows: 700,
      channels: ', { column: temp, unit: degC, min: -40, max: 60 }',
    })
    expect(beside.values.size).toBe(700)
    expect(beside.values.get(formatInstant(START + 650 * HOUR))).toBe(1050)
  })

  it('table sample - a wind that goes round turns no thermometer, and what takes turns is told apart', async () => {
    const round = (words: readonly string[], apart: number) => (hour: number, iso: string) =>
      `${iso};${words[hour % words.length]};${(20 + 5 * Math.sin(hour / 9) + apart * (hour % words.length)).toFixed(2)}`
    expect((await readOf('time;wind;power', round(['N', 'E', 'S', 'W'], 0))).values.size).toBe(60)
    expect((await readOf('time;Raum;power', round(['oben', 'unten'], 9))).refusal).toContain(
      'where: { Raum: "oben" }',
    )
  })

  it('table sample - a unit in a name that is another than the station file has is refused', async () => {
    const { refusal } = await readOf('time;P (kW)', (hour, iso) => `${iso};${hour}`, { column: 'P (kW)' })
    expect(refusal).toContain('channels[0].unit: it is "W"; expected kW, as its column\'s name has it')
  })

  it('table sample - rows of another width are refused with the keys that tell which cell is which', async () => {
    const wide = await readOf('time,power', (hour, iso) => `${iso},,,${hour}`)
    expect(wide.refusal).toContain('the header has 2 names and the rows under it 4 cells')
    expect(wide.refusal).toContain('table: { columns: [')
    const narrow = (hour: number, iso: string) => (hour % 3 ? `${iso},${hour}` : `${iso},${hour},1,2`)
    expect((await readOf('time,power,a,b', narrow)).refusal).toContain('table: { ragged: true }')
    expect((await readOf('time,power,a,b', narrow, { top: 'table: { ragged: true },' })).values.size).toBe(60)
    expect((await readOf('time,power,', (hour, iso) => `${iso},${hour},,,`)).values.size).toBe(60)
  })

  it('table sample - a counter is noted, a temperature that rises is not', async () => {
    const noted = await readOf('time,power', (hour, iso) => `${iso},${hour * 7}`)
    expect(noted.notes.some((note) => note.includes('difference: true'))).toBe(false)
    const meter = await readCase({
      data: await files.write(
        'meter.csv',
        `time,total\n${Array.from({ length: 60 }, (_, hour) => `${formatInstant(START + hour * HOUR)},${hour * 7}`).join('\n')}\n`,
      ),
      station: await files.write(
        'meter.yaml',
        '{ id: x, time: { column: time, utc_offset: "+00:00" }, cadence: 1h, target: total, channels: [{ column: total, unit: kWh, min: 0, max: 9000 }] }',
      ),
    })
    expect(meter.notes).toContain(
      'total only grows; where it is a counter and its increase is wanted, the station file says difference: true',
    )
  })
})
