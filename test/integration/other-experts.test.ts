import { expect, it } from 'vitest'
import type { ForecastMessage } from '../../src/protocol/forecast.ts'
import { temporaryFolder } from '../support/files.ts'
import { startTickcast } from '../support/process.ts'
import { until } from '../support/until.ts'

const files = temporaryFolder()
const HOUR = 3_600_000
const FIRST = Math.floor(Date.now() / HOUR) * HOUR - 30 * 24 * HOUR
const STATION = {
  id: 'garden',
  title: 'Garden',
  time: { column: 'time', format: 'iso', utc_offset: '+00:00' },
  cadence: '1h',
  target: 'air',
  channels: [{ name: 'air', column: 'air', unit: 'degC', min: -40, max: 60 }],
}

it('other experts - a station goes on with them; what was published before stays as it was', async () => {
  const station = await files.write('garden.json', JSON.stringify(STATION))
  const keep = files.path('kept')

  const serving = async (experts: string, work: (url: string) => Promise<void>) => {
    const flags = ['--live', '--port', '0', '--station', station, '--keep', keep, '--experts', experts]
    const server = startTickcast(['start', ...flags])
    await work(await server.address())
    return server.stop()
  }
  const post = async (url: string, from: number, to: number) => {
    const rows = Array.from({ length: to - from }, (_, index) => ({
      event_time: new Date(FIRST + (from + index) * HOUR).toISOString(),
      values: { air: 10 + 5 * Math.sin(((from + index) / 12) * Math.PI) + ((from + index) % 7) / 10 },
    }))
    const reply = await fetch(`${url}/v1/stations/garden/ticks`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: rows.map((row) => JSON.stringify(row)).join('\n'),
    })
    expect(reply.status).toBe(202)
    const last = rows.at(-1)!.event_time.replace('.000Z', 'Z')
    await until('all is worked off', async () => {
      const status = await (await fetch(`${url}/v1/stations/garden/status`)).json()
      return status.as_of === last && status.catching_up === undefined
    })
  }
  const forecasts = async (url: string): Promise<readonly ForecastMessage[]> =>
    (await (await fetch(`${url}/v1/stations/garden/forecasts?limit=1000`)).json()).forecasts

  let before: readonly ForecastMessage[] = []
  await serving('persistence,seasonal_naive', async (url) => {
    await post(url, 0, 200)
    before = await forecasts(url)
    expect(before.length).toBeGreaterThan(190)
  })
  const { stdout, stderr } = await serving('persistence,climatology', async (url) => {
    expect(await forecasts(url)).toEqual(before)
    const score = await (await fetch(`${url}/v1/stations/garden/status`)).json()
    expect(score.scores).toBeGreaterThan(24 * 170)
    await post(url, 200, 260)
    const all = await forecasts(url)
    expect(all.slice(0, before.length)).toEqual(before)
    expect(Object.keys(all.at(-1)!.models)).toEqual(['persistence', 'climatology', 'mixture'])
  })
  expect(`${stdout}${stderr}`).toContain(
    'garden goes on with other models than before: persistence with what they have learnt; climatology from nothing',
  )
})
