import { describe, expect, it } from 'vitest'
import type { OpenMeteoIssuer } from '../../src/domain/asked-issuer.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { askOpenMeteo } from '../../src/issuers/open-meteo.ts'
import { outsideSchema } from '../../src/protocol/outside.ts'
import { ASKED_AT, asking } from './context.ts'
import { localServer } from './local-server.ts'
import { openMeteoAnswer } from './published.ts'

const MIDNIGHT = Date.parse('2026-03-01T00:00:00Z')
const rising = Array.from({ length: 72 }, (_, hour) => hour / 10)
const server = await localServer(() => ({ body: openMeteoAnswer(MIDNIGHT, { temperature_2m: rising }) }))

const asked: OpenMeteoIssuer = {
  ...{ kind: 'open_meteo', url: server.url, pastUrl: server.url, every: HOUR, delay: 6 * HOUR },
  ...{ latitude: 50.93, longitude: 11.59, variable: 'temperature_2m' },
}
const ask = (more: Partial<OpenMeteoIssuer> = {}, unit = 'degC') =>
  askOpenMeteo({ name: 'met', issuer: 'met', asked: { ...asked, ...more }, unit }, asking())

describe('Open-Meteo', () => {
  it('Open-Meteo - it is asked by its published parameters, by a program that says its name', async () => {
    await ask({ model: 'icon_d2' })
    const { url, headers, method } = server.asked.at(-1)!
    expect([method, url.pathname, headers['user-agent']]).toEqual(['GET', '/v1/forecast', 'tickcast/test'])
    expect(Object.fromEntries(url.searchParams)).toEqual({
      ...{ latitude: '50.93', longitude: '11.59', hourly: 'temperature_2m', models: 'icon_d2' },
      ...{ timezone: 'UTC', timeformat: 'unixtime', forecast_days: '3' },
    })
  })

  it('Open-Meteo - the hours to come are its leads, issued when they were asked for and available when they came', async () => {
    const { forecast, saysIssued } = await ask()
    expect(saysIssued).toBe(false)
    expect(outsideSchema.parse(forecast)).toEqual(forecast)
    const { issued_at, available_at, leads } = forecast
    expect([issued_at, available_at]).toEqual(['2026-03-01T12:07:13Z', '2026-03-01T12:07:15Z'])
    const times = leads.map(({ lead_hours }) => Math.round(ASKED_AT + lead_hours * HOUR))
    expect(times).toEqual(Array.from({ length: 48 }, (_, at) => MIDNIGHT + (13 + at) * HOUR))
    expect(leads.map(({ mean }) => mean)).toEqual(rising.slice(13, 61))
  })

  it('Open-Meteo - hours without a value are passed over, and an answer without any is none', async () => {
    server.answer(() => ({
      body: openMeteoAnswer(MIDNIGHT, {
        temperature_2m: rising.map((value, hour) => (hour === 14 ? null : value)),
      }),
    }))
    const { forecast } = await ask()
    expect(forecast.leads.slice(0, 2).map(({ mean }) => mean)).toEqual([1.3, 1.5])
    server.answer(() => ({ body: openMeteoAnswer(MIDNIGHT, { temperature_2m: rising.map(() => null) }) }))
    await expect(ask()).rejects.toThrow(
      /temperature_2m of 127.*says nothing of the 48 hours after 2026-03-01T12:07:13Z/,
    )
  })

  it('Open-Meteo - another unit is asked for where there is one, and what comes in another is refused unless it is said how they go', async () => {
    server.answer(({ url }) => ({
      body: openMeteoAnswer(
        MIDNIGHT,
        { temperature_2m: rising },
        url.searchParams.get('temperature_unit') === 'fahrenheit' ? '°F' : '°C',
      ),
    }))
    await ask({}, '°F')
    await expect(ask({}, 'K')).rejects.toThrow(/is in '°C', and wanted in 'K': say by scale and offset/)
    const { forecast } = await ask({ offset: 273.15 }, 'K')
    expect(forecast.leads[0]?.mean).toBeCloseTo(1.3 + 273.15, 10)
  })

  it.each([
    [
      'an error',
      { status: 400, body: { error: true, reason: 'Cannot initialize WeatherVariable' } },
      'refused',
      /400: Cannot init/,
    ],
    [
      'too many requests',
      { status: 429, body: { error: true, reason: 'Minutely API request limit exceeded.' } },
      'busy',
      /429: Minutely/,
    ],
    ['no JSON', { body: '<html>' }, 'no_json', /answers with no JSON/],
    ['another answer', { body: { hourly: { time: [1] } } }, 'unexpected', /answers otherwise: hourly_units/],
    [
      'lists of two lengths',
      { body: { hourly_units: {}, hourly: { time: [1, 2], temperature_2m: [1] } } },
      'unexpected',
      /1 of 2 values of temperature_2m/,
    ],
    ['five megabytes', { body: ' '.repeat(5 * 2 ** 20) }, 'too_large', /more than 4 MiB/],
    [
      'another host',
      { status: 302, headers: { location: 'http://elsewhere.example/v1/forecast' } },
      'redirected',
      /redirects to http:\/\/elsewhere.example, which is not followed/,
    ],
    ['itself', { status: 302, headers: { location: '/v1/forecast' } }, 'redirected', /redirects/],
  ])('Open-Meteo - of %s no forecast comes, and why', async (_, reply, kind, message) => {
    server.answer(() => reply)
    await expect(ask()).rejects.toMatchObject({
      name: 'IssuerError',
      kind,
      message: expect.stringMatching(message),
    })
  })

  it('Open-Meteo - it waits for a slow one so long and no longer, and says which address nobody answers at', async () => {
    server.answer(() => ({ silent: true }))
    const late = askOpenMeteo(
      { name: 'met', issuer: 'met', asked, unit: 'degC' },
      asking(ASKED_AT, { timeout: 50 }),
    )
    await expect(late).rejects.toMatchObject({ kind: 'timeout' })
    await expect(ask({ url: 'http://127.0.0.1:1' })).rejects.toMatchObject({ kind: 'unreachable' })
  })
})
