import { describe, expect, it } from 'vitest'
import { formatInstant, HOUR } from '../../src/domain/instant.ts'
import { jsonTicks } from '../../src/ingest/json-ticks.ts'
import { parseStation } from '../../src/ingest/station-file.ts'
import { readCase } from '../support/file-case.ts'
import { temporaryFolder } from '../support/files.ts'

const START = Date.UTC(2025, 5, 1)

const files = temporaryFolder()
let count = 0

const station = (channel: string) =>
  `{ id: x, time: { column: time, utc_offset: "+00:00" }, cadence: 1h, target: temp, channels: [{ name: temp, unit: degC, min: -60, max: 120, ${channel} }] }`

async function readOf(lines: readonly string[], channel = 'column: temp') {
  const name = `units-${count++}`
  return readCase({
    data: await files.write(`${name}.csv`, `${lines.join('\n')}\n`),
    station: await files.write(`${name}.yaml`, station(channel)),
  })
}

const hours = (row: (iso: string, hour: number) => string, rows = 12) =>
  Array.from({ length: rows }, (_, hour) => row(formatInstant(START + hour * HOUR), hour))

const ticksOf = (tick: unknown, channel = 'column: temp') =>
  jsonTicks(tick, { station: parseStation(station(channel), 'x.yaml'), now: START, place: 'body' }).rows.map(
    ({ values }) => values['temp'],
  )

describe('units beside the value', () => {
  it('units - a row whose unit stands in a column of its own is refused where it is another one', async () => {
    const { values, refused, notes } = await readOf([
      'time,temp,unit',
      ...hours((iso, hour) => (hour % 4 === 3 ? `${iso},69.8,°F` : `${iso},21,°C`)),
    ])
    expect([...new Set(values.values())]).toEqual([21])
    expect(refused.length).toBe(3)
    expect(notes).toEqual([])
    expect(refused[0]).toMatchObject({
      rejection: { field: 'temp', value: '69.8 °F', rule: expect.stringContaining('a number in degC') },
    })
    const converted = await readOf(
      ['time,temp,unit', ...hours((iso) => `${iso},50,°F`)],
      'column: temp, scale: 0.5555555555555556, offset: -17.77777777777778',
    )
    expect(converted.values.get('2025-06-01T00:00:00Z')).toBeCloseTo(10, 9)
  })

  it('units - a row of units under the header that has another one is refused with the key', async () => {
    const rows = hours((iso) => `${iso},69.8,48`)
    const { refusal, values } = await readOf(['time,temp,hum', ',(°F),%', ...rows])
    expect(refusal).toContain("column 'temp' is in °F, and the station file has degC of it")
    expect(values.size).toBe(0)
    expect((await readOf(['time,temp,hum', ',°C,%', ...rows])).values.size).toBe(12)
  })

  it.each([
    { temp: 69.8, unit: '°F' },
    { temp: 69.8, TempUnit: 'F' },
    { temp: 69.8, attributes: { unit_of_measurement: '°F' } },
    { temp: 69.8, temp_unit: 'fahrenheit' },
    { temp: 69.8, _measurement: '°F' },
  ])('units - %j says that it is no degC', (tick) => {
    expect(ticksOf(tick)).toEqual([expect.stringMatching(/^69\.8 /)])
  })

  it.each([
    { temp: 21, unit: '°C' },
    { temp: 21, unit: '%' },
    { temp: 21, unit: 'F3' },
    { temp: 21, room_unit: 'F' },
    { temp: 21, PressureUnit: 'hPa' },
    { temp: 21, wind: { unit: 'F' } },
  ])('units - %j says nothing against degC', (tick) => {
    expect(ticksOf(tick)).toEqual([21])
  })

  it('units - one beside a nested value is that of its neighbours', () => {
    const tick = { a: { value: 69.8, unit: '°F' }, b: { value: 21, unit: '°C' } }
    expect(ticksOf(tick, 'column: a.value')).toEqual(['69.8 °F'])
    expect(ticksOf(tick, 'column: b.value')).toEqual([21])
  })

  it('units - those of a weather service stand beside its lists', () => {
    const text = (unit: string) => ({
      hourly_units: { time: 'iso8601', temp: unit },
      hourly: { time: ['2025-06-01T00:00', '2025-06-01T01:00'], temp: [50, 51] },
    })
    const read = (unit: string) =>
      jsonTicks(text(unit), {
        station: { ...parseStation(station('column: temp'), 'x.yaml'), layout: { rows: 'hourly' } },
        now: START,
        place: 'body',
      })
    expect(read('°F').rows.map(({ values }) => values['temp'])).toEqual(['50 °F', '51 °F'])
    expect(read('°C').rows.map(({ values }) => values['temp'])).toEqual([50, 51])
    expect(read('°C').ignored).toEqual([])
  })

  it.each(['P (°F)', 'Out °F', 'tempf', 'soiltemp1f', 'temperature_F', 'temperature_2_F'])(
    'units - a station file that has degC of %s is refused however few rows there are',
    async (column) => {
      const { refusal } = await readOf([`time,${column}`, '2025-06-01T00:00:00Z,69.8'], `column: "${column}"`)
      expect(refusal).toMatch(
        /channels\[0\]\.unit: it is "degC"; expected (?:°?F), as its column's name has it/,
      )
      const said = await readOf(
        [`time,${column}`, '2025-06-01T00:00:00Z,69.8'],
        `column: "${column}", scale: 1`,
      )
      expect(said.values.size).toBe(1)
    },
  )

  it.each(['temp_roof', 'temp_surf', 'leaf', 'Temp C', 'temperature_C'])(
    'units - nothing is against degC in the name %s',
    async (column) => {
      const { refusal } = await readOf([`time,${column}`, '2025-06-01T00:00:00Z,21'], `column: "${column}"`)
      expect(refusal).toBeUndefined()
    },
  )

  it.each([
    ['power_kW', 'W', 'kW'],
    ['energy_kwh', 'Wh', 'kWh'],
    ['windspeedmph', 'm/s', 'mph'],
    ['baromrelin', 'hPa', 'inHg'],
    ['dailyrainin', 'mm', 'in'],
  ])('units - the name %s is of no %s', (column, unit, named) => {
    const yaml = station(`column: ${column}`).replace('degC', unit)
    expect(() => parseStation(yaml, 'x.yaml')).toThrow(`expected ${named}, as its column's name has it`)
    expect(parseStation(yaml.replace(`unit: ${unit}`, `unit: ${named}`), 'x.yaml').target).toBe('temp')
  })

  it('units - the sign of Spanish keyboards is that of degrees', async () => {
    const { values } = await readOf(['time;temp', ...hours((iso) => `${iso};21,5 ºC`, 3)])
    expect([...values.values()]).toEqual([21.5, 21.5, 21.5])
  })
})
