import { describe, expect, it } from 'vitest'
import { HOUR } from '../../src/domain/instant.ts'
import { localServer } from '../issuers/local-server.ts'
import { forecastsResponse, openMeteoAnswer, weatherState } from '../issuers/published.ts'
import { temporaryFolder } from '../support/files.ts'
import { startTickcast } from '../support/process.ts'
import { until } from '../support/until.ts'

const files = temporaryFolder()
const HOUR_NOW = Math.floor(Date.now() / HOUR) * HOUR
const MIDNIGHT = Math.floor(Date.now() / (24 * HOUR)) * 24 * HOUR
const TOKEN = 'a-long-lived-token'

const meteo = await localServer(() => ({
  body: openMeteoAnswer(MIDNIGHT, { temperature_2m: Array.from({ length: 72 }, (_, hour) => hour) }),
}))
const home = await localServer(({ method }) => ({
  body:
    method === 'GET'
      ? weatherState('weather.home')
      : forecastsResponse('weather.home', HOUR_NOW, Array(30).fill(21)),
}))

const stationFile = () =>
  files.write(
    'garden.yaml',
    `
id: garden
time: { column: time, format: iso, utc_offset: "+00:00" }
cadence: 1h
health: off
target: air
channels: [{ name: air, unit: degC, min: -60, max: 90 }]
outside:
  - { issuer: meteo, open_meteo: { latitude: 50.93, longitude: 11.59, url: "${meteo.url}" } }
  - { issuer: home, home_assistant: { url: "${home.url}", entity: weather.home } }
  - { issuer: gone, json: { url: "http://127.0.0.1:1/f?key=secret", valid_at: t, mean: v } }
`,
  )

describe('issuers, live', () => {
  it('issuers, live - who is asked is told and used, one that fails costs nothing, and after a kill all goes on without asking again', async () => {
    const flags = ['start', '--live', '--port', '0', '--station', await stationFile()]
    const args = [
      ...flags,
      '--keep',
      files.path('kept'),
      '--experts',
      'persistence,outside_meteo,outside_home',
    ]
    const env = { TICKCAST_HOME_ASSISTANT_TOKEN: TOKEN }
    const server = startTickcast(args, env)
    const killed = await server.address()
    const status = async (url: string) =>
      (await (await fetch(`${url}/v1/stations/garden/status`)).json()) as {
        readonly outside?: Record<string, { forecasts: number; asked?: Record<string, unknown> }>
      }
    const posted = await until('the pipeline stands', async () => {
      const response = await fetch(`${killed}/v1/stations/garden/ticks`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ event_time: new Date(HOUR_NOW - HOUR).toISOString(), values: { air: 5 } }),
      })
      return response.status === 202
    })
    expect(posted).toBe(true)
    const told = await until('both have come', async () => {
      const { outside } = await status(killed)
      return outside?.['meteo']?.forecasts === 1 && outside['home']?.forecasts === 1 && outside
    })
    expect(told['meteo']?.asked).toMatchObject({ times: 1, failures: 0, issued_at_is: 'asked', error: null })
    await until('the one that is away is told', async () => {
      const { asked } = (await status(killed)).outside?.['gone'] ?? {}
      return (asked?.['failures'] as number) >= 1
    })
    await server.prints(/asks 127\.0\.0\.1:\d+ for temperature_2m at 50\.93, 11\.59, every 1h \(meteo\)/)
    await server.prints(/no forecast of gone: 127\.0\.0\.1:1 cannot be reached/)
    expect([meteo.asked.length, meteo.asked[0]?.headers['user-agent']]).toEqual([
      1,
      expect.stringMatching(/^tickcast\/\d/),
    ])
    const { stdout, stderr } = await server.stop('SIGKILL')
    expect(`${stdout}${stderr}`).not.toMatch(/a-long-lived-token|secret/)

    const again = startTickcast(args, env)
    const url = await again.address()
    const after = await until('it is known again', async () => {
      const { outside } = await status(url)
      return outside?.['meteo']?.forecasts === 1 && outside['meteo'].asked && outside
    })
    expect(after['home']?.forecasts).toBe(1)
    expect(after['meteo']?.asked).toMatchObject({ times: 0, next_at: expect.any(String) })
    const current = await fetch(`${url}/v1/stations/garden/ticks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ values: { air: 6 } }),
    })
    expect(current.status).toBe(202)
    const forecast = await until('it is used', async () => {
      const read = (await (await fetch(`${url}/v1/stations/garden/forecast`)).json()) as {
        readonly models?: Record<string, readonly (number | null)[]>
      }
      return read.models?.['outside_home']?.[5] === 21 && read
    })
    expect(forecast.models?.['outside_meteo']?.every((mean) => mean !== null)).toBe(true)
    expect(meteo.asked.length).toBe(1)
    await again.stop()
  })

  it('issuers, live - those of a further station are asked too', async () => {
    const of = (id: string, issuer: string) =>
      files.write(
        `${id}.yaml`,
        `
id: ${id}
time: { column: time, format: iso, utc_offset: "+00:00" }
cadence: 1h
target: air
channels: [{ name: air, unit: degC, min: -60, max: 90 }]
${issuer}
`,
      )
    const pond = await of(
      'pond',
      `outside: [{ issuer: icon, open_meteo: { latitude: 51, longitude: 12, url: "${meteo.url}" } }]`,
    )
    const flags = ['--live', '--port', '0', '--no-keep', '--experts', 'persistence']
    const server = startTickcast(['start', ...flags, '--station', await of('shed', ''), '--neighbour', pond])
    const url = await server.address()
    await until('its pipeline stands', async () => {
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ values: { air: 5 } })
      return (await fetch(`${url}/v1/stations/pond/ticks`, { method: 'POST', headers, body })).status === 202
    })
    await until('what it was asked for has come', async () => {
      const { outside } = (await (await fetch(`${url}/v1/stations/pond/status`)).json()) as {
        outside?: Record<string, { forecasts: number; asked?: { times: number } }>
      }
      return outside?.['icon']?.forecasts === 1 && outside['icon'].asked?.times === 1
    })
    await server.prints(/asks 127\.0\.0\.1:\d+ for temperature_2m at 51, 12, every 1h \(icon\)/)
    await server.stop()
  })

  it('issuers, live - check --ask shows what they would say, and fails where one says nothing', async () => {
    const checked = startTickcast(['check', '--ask', '--station', await stationFile()], {
      TICKCAST_HOME_ASSISTANT_TOKEN: TOKEN,
    })
    const { code, stdout, stderr } = await checked.ended
    expect(stdout).toMatch(
      /meteo: 127\.0\.0\.1:\d+ for temperature_2m.*\n {2}issued .*, when it was asked for; 4[78] leads\n/,
    )
    expect(stdout).toMatch(/home: Home Assistant at 127\.0\.0\.1:\d+ for temperature of weather\.home/)
    expect(stdout).toMatch(/gone: 127\.0\.0\.1:1 for v\n {2}nothing: 127\.0\.0\.1:1 cannot be reached/)
    expect([code, stderr]).toEqual([2, 'tickcast: no forecast of gone\n'])
  })

  it('issuers, live - check --ask says of another unit that it would be refused', async () => {
    const rows = [1, 2].map((hour) => ({
      t: new Date(HOUR_NOW + hour * HOUR).toISOString(),
      v: 283.1 + hour,
    }))
    const kelvins = await localServer(() => ({ body: rows }))
    const path = await files.write(
      'kelvins.yaml',
      `
id: garden
time: { column: time, format: iso, utc_offset: "+00:00" }
cadence: 1h
target: air
channels: [{ name: air, unit: degC, min: -60, max: 90 }]
outside: [{ issuer: nas, json: { url: "${kelvins.url}/f", valid_at: t, mean: v } }]
`,
    )
    const { code, stdout, stderr } = await startTickcast(['check', '--ask', '--station', path]).ended
    expect(stdout).toMatch(
      /refused: outside\.leads\.0\.mean: 28\d\.1 breaks the rule: -60\.\.90 degC at one lead at least/,
    )
    expect([code, stderr]).toEqual([2, 'tickcast: no forecast of nas\n'])
  })
})
