import { describe, expect, it } from 'vitest'
import { HOUR } from '../../src/domain/instant.ts'
import { parseStation } from '../../src/ingest/station-file.ts'
import { issuersOn, outsideRows } from '../../src/mqtt/outside-rows.ts'
import { hourlyForecast } from '../issuers/published.ts'

const NOW = Date.parse('2026-03-01T12:05:07Z')
const NOON = Date.parse('2026-03-01T12:00:00Z')
const station = parseStation(
  `id: garden
time: { column: time, utc_offset: "+00:00" }
cadence: 10m
target: air
channels: [{ name: air, unit: degC, min: -40, max: 60 }]
outside:
  - { issuer: home, topic: home/forecast }
  - { issuer: met, topic: met/all }
  - { issuer: met, quantity: wind, unit: km/h, topic: met/all }
  - { issuer: met, quantity: load, topic: met/load }
`,
  'garden.yaml',
)
const read = (topic: string, json: unknown) =>
  outsideRows(Buffer.from(typeof json === 'string' ? json : JSON.stringify(json)), {
    ...{ station, topic, now: NOW, issuers: issuersOn(topic, station) },
  })
const said = (topic: string, json: unknown) =>
  read(topic, json).map(({ outside, malformed }) => malformed ?? outside)

describe('mqtt, forecasts from outside', () => {
  it('mqtt, forecasts from outside - what is posted over HTTP is taken by MQTT, one or several, and its topic says whose it is', () => {
    const forecast = { issued_at: '2026-03-01T12:00:00Z', leads: [{ lead_hours: 1, mean: 4 }] }
    expect(read('home/forecast', forecast)).toEqual([
      {
        ...{ place: 'home/forecast', eventTime: NOON, values: {} },
        outside: { issuer: 'home', ...forecast },
      },
    ])
    const wind = { ...forecast, quantity: 'wind' }
    expect(said('met/all', [forecast, wind])).toEqual([
      { issuer: 'met', ...forecast },
      { issuer: 'met', ...wind },
    ])
  })

  it("mqtt, forecasts from outside - Home Assistant's hourly forecast is read as its service gives it, in each form", () => {
    const forecast = hourlyForecast(NOON, [3, 4, 5])
    const unit = '°C'
    for (const form of [
      { unit, forecast },
      { temperature_unit: unit, forecast },
      { unit, 'weather.home': { forecast } },
      { 'weather.home': { temperature_unit: unit, forecast } },
    ]) {
      expect(said('home/forecast', form)).toEqual([
        {
          ...{ issuer: 'home', issued_at: '2026-03-01T12:05:07Z', available_at: '2026-03-01T12:05:07Z' },
          leads: [1, 2].map((hour) => ({ lead_hours: (NOON + hour * HOUR - NOW) / HOUR, mean: 3 + hour })),
        },
      ])
    }
    expect(read('home/forecast', { unit, forecast })[0]?.isTimeless).toBe(true)
    const told = { attribute: 'humidity', unit: '°C', forecast }
    expect(said('home/forecast', told)).toMatchObject([{ leads: [{ mean: 83 }, { mean: 83 }] }])
  })

  it('mqtt, forecasts from outside - of one topic each quantity takes what it plainly is', () => {
    const units = { temperature_unit: '°C', wind_speed_unit: 'km/h' }
    expect(said('met/all', { ...units, forecast: hourlyForecast(NOON, [3, 4]) })).toMatchObject([
      { issuer: 'met', leads: [{ mean: 4 }] },
      { issuer: 'met', quantity: 'wind', leads: [{ mean: 9.4 }] },
    ])
    const [, wind] = said('met/all', { unit: '°C', ...units, wind_speed_unit: 'mph', forecast: [] })
    expect(wind).toMatchObject({ rule: expect.stringMatching(/is in 'mph', and wanted in 'km\/h'/) })
  })

  it('mqtt, forecasts from outside - a list of which nobody knows the unit is refused with the key that says it', () => {
    const forecast = hourlyForecast(NOON, [3, 4])
    const rule = (keys: string, of: string, unit: string) =>
      `a forecast: ${keys} beside the list, which says what ${of} is in, and is '${unit}': ` +
      'weather.get_forecasts names no unit'
    for (const form of [forecast, { forecast }, { 'weather.home': { forecast } }, { unit: null, forecast }])
      expect(said('home/forecast', form)).toMatchObject([
        { rule: rule('unit or temperature_unit', 'temperature', 'degC') },
      ])
    expect(said('met/all', { unit: '°C', forecast })).toMatchObject([
      { rule: rule('temperature_unit', 'temperature', 'degC') },
      { rule: rule('wind_speed_unit', 'wind_speed', 'km/h') },
    ])
  })

  it.each([
    ['no JSON', 'home/forecast', '{', 'JSON'],
    ['a number', 'home/forecast', '3', /no list of forecasts/],
    ['no lead', 'home/forecast', { leads: [], issued_at: 'x' }, /at least 1 item/],
    [
      'another unit',
      'home/forecast',
      { unit: '°F', forecast: [] },
      /is in '°F', and wanted in 'degC': convert it where/,
    ],
    [
      'a past',
      'home/forecast',
      { unit: '°C', forecast: hourlyForecast(NOON - 9 * HOUR, [1, 2]) },
      /says nothing of the 48 hours/,
    ],
    [
      'a local time',
      'home/forecast',
      [{ datetime: '2026-03-01T13:00:00', temperature: 1 }],
      /a time with its zone/,
    ],
    [
      'words',
      'home/forecast',
      [{ datetime: '2026-03-01T13:00:00Z', temperature: 'warm' }],
      /expected a number/,
    ],
    ['what is not plain', 'met/load', hourlyForecast(NOON, [1, 2]), /attribute, which of its values 'load'/],
  ])('mqtt, forecasts from outside - %s is refused with the rule', (_, topic, payload, rule) => {
    const [refused, ...more] = said(topic, payload)
    expect(more).toEqual([])
    expect(refused).toMatchObject({
      field: topic,
      rule: typeof rule === 'string' ? rule : expect.stringMatching(rule),
    })
  })

  it('mqtt, forecasts from outside - an empty message says nothing', () => {
    expect(read('home/forecast', '')).toEqual([])
  })
})
