import { describe, expect, it } from 'vitest'
import type { HomeAssistantIssuer } from '../../src/domain/asked-issuer.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { askHomeAssistant } from '../../src/issuers/home-assistant.ts'
import { temporaryFolder } from '../support/files.ts'
import { ASKED_AT, asking } from './context.ts'
import { type Asked, localServer } from './local-server.ts'
import { forecastsResponse, weatherState } from './published.ts'

const files = temporaryFolder()
const NOON = Date.parse('2026-03-01T12:00:00Z')
const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.long-lived'
const reply = ({ url }: Asked) =>
  url.pathname === '/api/states/weather.home'
    ? { body: weatherState('weather.home') }
    : { body: forecastsResponse('weather.home', NOON, [3, 4, 5, 6]) }
const server = await localServer(reply)

const asked: HomeAssistantIssuer = {
  ...{ kind: 'home_assistant', url: server.url, every: HOUR },
  ...{ entity: 'weather.home', attribute: 'temperature' },
}
const env = { TICKCAST_HOME_ASSISTANT_TOKEN: `${TOKEN}\n` }
const ask = (more: Partial<HomeAssistantIssuer> = {}, unit = 'degC', given: NodeJS.ProcessEnv = env) =>
  askHomeAssistant(
    { name: 'home', issuer: 'home', asked: { ...asked, ...more }, unit },
    asking(ASKED_AT, { env: given }),
  )

describe('Home Assistant', () => {
  it('Home Assistant - a weather entity is asked for its hourly forecast by the service that has it, with the token of the environment', async () => {
    server.answer(reply)
    const { forecast, saysIssued } = await ask()
    const call = server.asked.at(-1)!
    expect([call.method, call.url.pathname, call.url.search]).toEqual([
      'POST',
      '/api/services/weather/get_forecasts',
      '?return_response',
    ])
    expect(JSON.parse(call.body)).toEqual({ entity_id: 'weather.home', type: 'hourly' })
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual(Array(2).fill(`Bearer ${TOKEN}`))
    expect(saysIssued).toBe(false)
    expect(forecast).toMatchObject({
      issued_at: '2026-03-01T12:07:13Z',
      available_at: '2026-03-01T12:07:15Z',
    })
    expect(forecast.leads.map(({ lead_hours, mean }) => [ASKED_AT + lead_hours * HOUR, mean])).toEqual([
      [NOON + HOUR, 4],
      [NOON + 2 * HOUR, 5],
      [NOON + 3 * HOUR, 6],
    ])
  })

  it('Home Assistant - the token may stand in a file, which is read anew each time', async () => {
    server.answer(reply)
    const tokenFile = await files.write('token', 'first\n')
    await ask({ tokenFile }, 'degC', {})
    expect(server.asked.at(-1)?.headers.authorization).toBe('Bearer first')
    await files.write('token', 'second')
    await ask({ tokenFile }, 'degC', {})
    expect(server.asked.at(-1)?.headers.authorization).toBe('Bearer second')
    await files.write('token', 'two words')
    await expect(ask({ tokenFile })).rejects.toMatchObject({ kind: 'no_token' })
  })

  it('Home Assistant - its units are those that its state names', async () => {
    server.answer(reply)
    await expect(ask({}, '°F')).rejects.toThrow("temperature of weather.home is in '°C', and wanted in '°F'")
    const { forecast } = await ask({ scale: 1.8, offset: 32 }, '°F')
    expect(forecast.leads[0]?.mean).toBeCloseTo(39.2, 10)
  })

  it('Home Assistant - what keeps a forecast from coming is told, and never the token', async () => {
    await expect(ask({}, 'degC', {})).rejects.toThrow(
      /no token of Home Assistant: TICKCAST_HOME_ASSISTANT_TOKEN/,
    )
    server.answer(() => ({ status: 401, body: '401: Unauthorized' }))
    await expect(ask()).rejects.toMatchObject({ kind: 'refused', message: expect.stringMatching(/401$/) })
    server.answer(() => ({ status: 404, body: { message: 'Entity not found.' } }))
    await expect(ask()).rejects.toThrow(/answers 404: Entity not found./)
    server.answer((request) =>
      request.method === 'GET' ? reply(request) : { body: { changed_states: [], service_response: {} } },
    )
    await expect(ask()).rejects.toThrow(/temperature of weather.home: no list of forecasts/)
    server.answer(reply)
    await expect(ask({ attribute: 'uv_index' })).rejects.toThrow(/none of its 4 entries has 'uv_index'/)
    server.answer(({ method }) =>
      method === 'GET' ? { body: {} } : { status: 307, headers: { location: 'http://thief.example/' } },
    )
    const error = await ask().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ kind: 'redirected' })
    expect(String(error)).not.toContain(TOKEN)
  })
})
