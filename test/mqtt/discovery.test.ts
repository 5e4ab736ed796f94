import { describe, expect, it } from 'vitest'
import type { Station } from '../../src/domain/station.ts'
import { parseStation } from '../../src/ingest/station-file.ts'
import { deviceConfig, discoveryTopic } from '../../src/mqtt/discovery.ts'
import { attributesOf, outlookOf } from '../../src/mqtt/outlook.ts'
import { quantityOf } from '../../src/mqtt/quantity.ts'
import { mqttTopics } from '../../src/mqtt/topics.ts'
import type { ForecastMessage } from '../../src/protocol/forecast.ts'
import { discoveryFaults, shownKeys } from './home-assistant.ts'

const topics = mqttTopics('tickcast')
const stationOf = (target: string, { id = 'green-house', time = 'utc_offset: "+01:00"' } = {}): Station =>
  parseStation(
    `id: ${id}
title: Green house
time: { ${time} }
cadence: 10m
target: target
channels: [{ ${target}, min: -1000, max: 100000 }]`.replace(
      'target: target',
      `target: ${/name: (\w+)/.exec(target)?.[1]}`,
    ),
    'x.yaml',
  )
const payloadOf = (station: Station): string =>
  JSON.stringify(deviceConfig(station, { topics, version: '0.1.0' }))

/** A forecast whose mean is the number of the lead. */
function forecast(issued_at: string): ForecastMessage {
  return {
    ...{
      issued_at,
      target: 'temp',
      unit: 'degC',
      model: 'mixture',
      weights_version: 1,
      source: 'live',
      models: {},
    },
    leads: Array.from({ length: 24 }, (_, index) => ({
      lead_hours: index + 1,
      valid_time: new Date(Date.parse(issued_at) + (index + 1) * 3_600_000).toISOString(),
      mean: index + 1 + 0.123,
      quantiles: {
        '0.05': index - 2.5,
        '0.1': index - 1,
        '0.5': index + 1,
        '0.9': index + 3,
        '0.95': index + 4.25,
      },
    })),
  }
}

describe('home assistant', () => {
  it.each([
    'name: temp, unit: degC',
    'name: temp, unit: "°F"',
    'name: rh, unit: "%"',
    'name: share, unit: "%"',
    'name: p, unit: mbar',
    'name: power, unit: W',
    'name: energy, unit: Wh',
    'name: wind, unit: m/s',
    'name: flow, unit: m/s',
    'name: sun, unit: "W/m**2"',
    'name: sun, unit: "W/m^2"',
    'name: rain, unit: mm',
    'name: stage, unit: ft',
    'name: co2, unit: ppm',
    'name: voc, unit: ppm',
    'name: pm25, unit: "ug/m3"',
    'name: things, unit: ""',
    'name: odd, unit: furlongs',
  ])('home assistant - it takes the device of a station that forecasts { %s }', (target) => {
    const station = stationOf(target)
    const payload = payloadOf(station)
    expect(discoveryFaults(discoveryTopic('homeassistant', station.id), payload)).toEqual([])
  })

  it('home assistant - the checks themselves find what is wrong', () => {
    const good = deviceConfig(stationOf('name: temp, unit: degC'), { topics, version: '0.1.0' })
    const now = good.components['now']!
    const bad = {
      ...good,
      device: { ...good.device, identifiers: [] },
      origin: { name: '' },
      components: {
        now: { ...now, unit_of_measurement: 'degC', unit: 'x' },
        again: { ...now, device_class: 'heat' },
      },
    }
    expect(discoveryFaults('homeassistant/device/a b/config', JSON.stringify(bad))).toEqual([
      'topic homeassistant/device/a b/config',
      'device: no identifiers',
      'origin: no name',
      'two components with one unique_id',
      'now: unknown key unit',
      'now: degC is no unit of temperature',
      'again: device class heat',
    ])
  })

  it('home assistant - each sensor shows a key that the state has, and the state has no other', () => {
    const station = stationOf('name: temp, unit: degC')
    const state = outlookOf({ forecast: forecast('2026-11-26T19:00:00Z') }, station)
    expect(shownKeys(payloadOf(station)).sort()).toEqual(Object.keys(state).sort())
  })

  it('home assistant - an error of temperatures has no device class: it would be converted as one', () => {
    const { mae24h } = deviceConfig(stationOf('name: temp, unit: degC'), { topics, version: '0' }).components
    expect(mae24h).toMatchObject({ unit_of_measurement: 'K', entity_category: 'diagnostic' })
    expect(mae24h).not.toHaveProperty('device_class')
  })

  it('home assistant - a unit it does not know is shown as it is, of no class', () => {
    expect(quantityOf({ name: 'x', unit: 'furlongs' })).toEqual({
      unit: 'furlongs',
      deviceClass: undefined,
      stateClass: 'measurement',
    })
    expect(quantityOf({ name: 'T', unit: 'degC' })).toMatchObject({ unit: '°C', deviceClass: 'temperature' })
    // A milliwatt is no megawatt.
    expect(quantityOf({ name: 'p', unit: 'mW' }).unit).toBe('mW')
    expect(quantityOf({ name: 'p', unit: 'MW' }).unit).toBe('MW')
  })

  it('home assistant - all leads are attributes, whole and below what is recorded of them', () => {
    const attributes = attributesOf(forecast('2026-11-26T19:00:00Z'), { isTemperature: true })
    expect(attributes.forecast).toHaveLength(24)
    expect(attributes.forecast[23]).toEqual({
      datetime: '2026-11-27T19:00:00.000Z',
      ...{ value: 24.123, low: 20.5, high: 27.25 },
      ...{ temperature: 24.123, templow: 20.5, temphigh: 27.25 },
    })
    const long = attributesOf(
      {
        ...forecast('2026-11-26T19:00:00Z'),
        target: 'x'.repeat(128),
        leads: forecast('2026-11-26T19:12:34.567Z').leads.map((lead) => ({
          ...lead,
          mean: -123_456_789_012.125,
          quantiles: { '0.05': -123_456_789_012.125, '0.95': -123_456_789_012.125 },
        })),
      },
      { isTemperature: true },
    )
    expect(Buffer.byteLength(JSON.stringify(long))).toBeLessThan(16_384)
  })

  it("home assistant - tomorrow's low and high are said once most of that day is seen, by the clock of the station", () => {
    const berlin = stationOf('name: temp, unit: degC', { time: 'zone: Europe/Berlin' })
    const of = (issued: string) => {
      const { tomorrow_low, tomorrow_high } = outlookOf({ forecast: forecast(issued) }, berlin)
      return [tomorrow_low, tomorrow_high]
    }
    // From 17:00 in Berlin on, 18 hours of tomorrow are seen.
    expect(of('2026-11-26T16:00:00Z')).toEqual([7.123, 24.123])
    expect(of('2026-11-26T15:59:00Z')).toEqual([null, null])
    expect(of('2026-11-26T22:30:00Z')).toEqual([1.123, 24.123])
    // Half past midnight there, while it is still yesterday in UTC.
    expect(of('2026-11-26T23:30:00Z')).toEqual([null, null])
  })
})
