import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/domain/instant.ts'
import { withOpenMeteo } from '../../src/ingest/asked-issuer.ts'
import { jena } from '../../src/ingest/jena.ts'
import { plainVariable } from '../../src/ingest/plain-variable.ts'
import { parseStation } from '../../src/ingest/station-file.ts'
import { stationMessage, stationOf } from '../../src/protocol/encode.ts'

const file = (issuer: string, channel = '{ name: air, unit: degC, min: -40, max: 60 }') => `
id: garden
time: { column: time, format: iso, utc_offset: "+00:00" }
cadence: 30m
target: ${/name: (\w+)/.exec(channel)?.[1]}
channels: [${channel}]
outside:
  - ${issuer}
`
const parsed = (issuer: string, channel?: string) =>
  parseStation(file(issuer, channel), '/etc/tickcast/garden.yaml').outside?.[0]
const PLACE = 'latitude: 50.93, longitude: 11.59'

describe('station file, issuers that are asked', () => {
  it('station file - Open-Meteo needs a place alone where the target is plain', () => {
    expect(parsed(`{ issuer: meteo, open_meteo: { ${PLACE} } }`)).toEqual({
      issuer: 'meteo',
      file: { issued_at: 'issued_at', available_at: 'available_at', valid_at: 'valid_at', mean: 'meteo' },
      asked: {
        ...{ kind: 'open_meteo', latitude: 50.93, longitude: 11.59, variable: 'temperature_2m' },
        ...{ every: HOUR, delay: 6 * HOUR, url: 'https://api.open-meteo.com' },
        pastUrl: 'https://previous-runs-api.open-meteo.com',
      },
    })
  })

  it('station file - its address, model, variable and times can be said, and one address stands for both', () => {
    const all = `${PLACE}, variable: wind_speed_100m, model: icon_d2, every: 3h, delay: 1d, scale: 2, url: "http://nas:8080/v1/forecast"`
    expect(parsed(`{ issuer: meteo, open_meteo: { ${all} } }`)?.asked).toMatchObject({
      ...{ variable: 'wind_speed_100m', model: 'icon_d2', every: 3 * HOUR, delay: DAY, scale: 2 },
      ...{ url: 'http://nas:8080', pastUrl: 'http://nas:8080' },
    })
  })

  it('station file - Home Assistant and any URL are read, a token file as seen from the station file', () => {
    const home = 'url: "http://ha:8123/", entity: weather.home, token_file: ha.token'
    expect(parsed(`{ issuer: home, home_assistant: { ${home} } }`)?.asked).toEqual({
      ...{ kind: 'home_assistant', url: 'http://ha:8123', entity: 'weather.home', attribute: 'temperature' },
      ...{ every: HOUR, tokenFile: '/etc/tickcast/ha.token' },
    })
    const any =
      'url: "https://x.example/f?a=1", every: 10m, rows: list, valid_at: t, mean: v, utc_offset: "-02:30"'
    expect(parsed(`{ issuer: any, json: { ${any} } }`)?.asked).toEqual({
      ...{ kind: 'json', url: 'https://x.example/f?a=1', every: 10 * MINUTE, rows: 'list' },
      ...{ validAt: 't', mean: 'v', utcOffsetMinutes: -150 },
    })
  })

  it('station file - a quantity is asked for by an entry of its own, plain by its name and unit', () => {
    const [wind, load] = ['wind, unit: m/s', 'load, unit: MW']
    expect(parsed(`{ issuer: meteo, quantity: ${wind}, open_meteo: { ${PLACE} } }`)).toMatchObject({
      ...{ issuer: 'meteo', quantity: 'wind', file: { mean: 'meteo.wind' } },
      asked: { variable: 'wind_speed_10m' },
    })
    expect(() => parsed(`{ issuer: meteo, quantity: ${load}, open_meteo: { ${PLACE} } }`)).toThrow(
      /open_meteo.variable: it is missing; expected what 'load' in 'MW' is there/,
    )
  })

  it('station file - how an issuer is asked stays with the file; where it comes by MQTT travels', () => {
    const station = parseStation(file(`{ issuer: meteo, open_meteo: { ${PLACE} } }`), 'x.yaml')
    expect(stationOf(stationMessage(station, { source: 'live' })).outside).toEqual([{ issuer: 'meteo' }])
    const mqtt = parseStation(file('{ issuer: home, topic: home/forecast }'), 'x.yaml')
    expect(stationOf(stationMessage(mqtt, { source: 'live' })).outside).toEqual([
      { issuer: 'home', topic: 'home/forecast' },
    ])
  })

  it.each([
    [
      '{ issuer: a, open_meteo: { latitude: 95, longitude: 0 } }',
      /open_meteo.latitude: it is 95; expected degrees from -90 to 90/,
    ],
    [
      `{ issuer: a, open_meteo: { ${PLACE}, every: 1m } }`,
      /every: it is "1m"; expected a span such as 1h, from 15m to 1d/,
    ],
    [`{ issuer: a, open_meteo: { ${PLACE}, modle: x } }`, /unknown key 'modle'; did you mean 'model'/],
    [`{ issuer: a, topic: x, open_meteo: { ${PLACE} } }`, /expected one of open_meteo, topic/],
    ['{ issuer: a, topic: "x/#" }', /expected a topic such as home\/forecast, without \+ and #/],
    [
      '{ issuer: a, home_assistant: { url: "http://u:p@ha", entity: weather.x } }',
      /url.*without user and password/,
    ],
    [
      '{ issuer: a, home_assistant: { url: "http://ha", entity: sensor.x } }',
      /expected an entity such as weather.home/,
    ],
    ['{ issuer: a, json: { url: "ftp://x", valid_at: t, mean: v } }', /expected an address such as http:/],
    ['{ issuer: a, json: { url: "http://x", mean: v } }', /valid_at: it is missing/],
  ])('station file - %s is refused with the rule', (issuer, rule) => {
    expect(() => parsed(issuer)).toThrow(rule)
  })

  it('station file - what a target is to a weather service is asked for where it is not plain', () => {
    const price = '{ name: price, unit: EUR/MWh, min: -500, max: 3000 }'
    expect(() => parsed(`{ issuer: a, open_meteo: { ${PLACE} } }`, price)).toThrow(
      /open_meteo.variable: it is missing; expected what 'price' in 'EUR\/MWh' is there, such as temperature_2m/,
    )
    expect(() =>
      parsed('{ issuer: a, home_assistant: { url: "http://ha", entity: weather.x } }', price),
    ).toThrow(/home_assistant.attribute: it is missing; expected what 'price'/)
  })

  it.each([
    ['T (degC)', 'degC', 'temperature_2m'],
    ['t_air', '°F', 'temperature_2m'],
    ['Tdew (degC)', 'degC', 'dew_point_2m'],
    ['rh (%)', '%', 'relative_humidity_2m'],
    ['wind', 'm/s', 'wind_speed_10m'],
    ['gust', 'km/h', 'wind_gusts_10m'],
    ['soil_temp', 'degC', undefined],
    ['p (mbar)', 'mbar', undefined],
    ['chair', 'degC', undefined],
    ['temp', 'V', undefined],
  ])('plain variable - %s in %s is %s', (name, unit, variable) => {
    expect(plainVariable({ name, unit })?.openMeteo).toBe(variable)
  })

  it('--open-meteo - a place makes Open-Meteo one of the issuers, of a target that is plain', () => {
    const place = { latitude: 50.93, longitude: 11.59 }
    expect(withOpenMeteo(jena, undefined)).toBe(jena)
    expect(withOpenMeteo(jena, place).outside).toMatchObject([
      { issuer: 'open_meteo', asked: { ...place, variable: 'temperature_2m' } },
    ])
    const price = parseStation(file('{ issuer: a }', '{ name: price, unit: EUR, min: 0, max: 9 }'), 'x.yaml')
    expect(() => withOpenMeteo(price, place)).toThrow(
      /--open-meteo 50.93,11.59: which of its variables 'price'/,
    )
    const named = parseStation(file(`{ issuer: a, open_meteo: { ${PLACE} } }`), 'x.yaml')
    expect(() => withOpenMeteo(named, place)).toThrow(/names Open-Meteo already/)
  })
})
