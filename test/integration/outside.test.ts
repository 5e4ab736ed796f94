import { expect, it } from 'vitest'
import { connect } from '../../src/client/node.ts'
import { formatInstant, HOUR } from '../../src/domain/instant.ts'
import { temporaryFolder } from '../support/files.ts'
import { startTickcast } from '../support/process.ts'
import { until } from '../support/until.ts'

const files = temporaryFolder()
const NOW = Math.floor(Date.now() / HOUR) * HOUR
const at = (hour: number): string => formatInstant(NOW + hour * HOUR)

const STATION = `
id: shed
time: { column: time, format: iso, utc_offset: "+00:00" }
cadence: 1h
health: off
target: temp
channels: [{ column: temp, unit: degC, min: -40, max: 60 }]
outside: [{ issuer: met }, { issuer: other }]
`

const NOTHING = { forecasts: 0, issued_at: null, available_at: null, valid_until: null }

it('outside, live - what was posted is told and used, and so it is after a kill', async () => {
  const station = await files.write('shed.yaml', STATION)
  const flags = ['start', '--port', '0', '--live', '--station', station, '--keep', files.path('kept')]
  const server = startTickcast([...flags, '--experts', 'persistence,outside'])
  const killed = await server.address()
  const post = async (url: string, path: string, body: unknown) => {
    const response = await fetch(`${url}/v1/stations/shed/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: response.status, body: await response.json() }
  }
  const read = async (url: string, path: string) =>
    (await (await fetch(`${url}/v1/stations/shed/${path}`)).json()) as Record<string, unknown>
  const ticks = (hours: readonly number[]) =>
    hours.map((hour) => ({ event_time: at(hour), values: { temp: 10 + hour } }))
  const forecast = {
    issuer: 'met',
    issued_at: at(-6),
    available_at: at(-5),
    leads: [4, 5, 6, 7, 8, 9].map((lead_hours) => ({ lead_hours, mean: lead_hours / 2 })),
  }

  expect((await post(killed, 'ticks', ticks([-6, -5, -4]))).status).toBe(202)
  expect((await post(killed, 'forecasts', forecast)).body).toMatchObject({ accepted: 1 })
  const late = {
    ...forecast,
    leads: forecast.leads.map((lead) => ({ ...lead, lead_hours: lead.lead_hours / 8 })),
  }
  expect(await post(killed, 'forecasts', late)).toMatchObject({ status: 422, body: { code: 'rejected' } })
  expect((await post(killed, 'ticks', ticks([-3]))).status).toBe(202)
  const told = {
    met: { forecasts: 1, issued_at: at(-6), available_at: at(-5), valid_until: at(3) },
    other: NOTHING,
  }
  await until('it is used', async () => (await read(killed, 'forecast'))['issued_at'] === at(-3))
  expect((await read(killed, 'forecast'))['models']).toMatchObject({
    outside_met: [2, 2.5, 3, 3.5, 4, 4.5, ...Array(18).fill(null)],
  })
  await until('it is told', async () => (await read(killed, 'status'))['outside'] !== undefined)
  const record = {
    ...forecast,
    came_at: expect.stringMatching(/^20/),
    source: 'live',
  }
  expect(await read(killed, 'outside')).toEqual({ outside: [record], next: null })
  await server.stop('SIGKILL')

  const again = startTickcast([...flags, '--experts', 'persistence,outside'])
  const url = await again.address()
  await until('it is known again', async () => (await read(url, 'status'))['as_of'] === at(-3))
  expect((await read(url, 'status'))['outside']).toEqual(told)
  expect((await post(url, 'ticks', ticks([-2]))).status).toBe(202)
  await until('it goes on', async () => (await read(url, 'forecast'))['issued_at'] === at(-2))
  expect((await read(url, 'forecast'))['models']).toMatchObject({
    outside_met: [2.5, 3, 3.5, 4, 4.5, ...Array(19).fill(null)],
  })
  const revised = {
    ...forecast,
    available_at: at(-4),
    leads: [{ lead_hours: 9, mean: 7, quantiles: { '0.5': 7 } }],
  }
  const other = { ...forecast, issuer: 'other' }
  const client = connect({ url })
  const heard: unknown[] = []
  client.subscribe('shed', { outside: (message) => void heard.push(message) })
  await until('it is subscribed', () => client.opened().then(() => true))
  expect((await post(url, 'forecasts', [revised, other])).body).toMatchObject({ accepted: 2 })
  const issued = async (query: string) =>
    ((await read(url, `outside${query}`))['outside'] as readonly { readonly available_at: string }[]).map(
      ({ available_at }) => available_at,
    )
  await until('all are kept', async () => (await issued('')).length === 3)
  expect(await issued('')).toEqual([at(-5), at(-5), at(-4)])
  expect(await issued(`?from=${at(-4)}`)).toEqual([at(-4)])
  const page = await read(url, 'outside?limit=2')
  expect(await issued(`?limit=2&after=${page['next']}`)).toEqual([at(-4)])
  const csv = await fetch(`${url}/v1/stations/shed/outside?from=${at(-4)}`, {
    headers: { accept: 'text/csv' },
  })
  const line = `${at(-6)},${at(-4)},${at(3)},met,,9,7,"{""0.5"":7}",`
  expect((await csv.text()).split('\n')[1]).toContain(line)
  await until('they are heard', () => heard.length >= 2)
  expect(heard.at(-1)).toMatchObject({ issuer: 'other', source: 'live' })
  client.close()
  await again.stop()

  const exported = startTickcast([
    'export',
    '--what',
    'outside',
    '--keep',
    files.path('kept'),
    '--format',
    'ndjson',
  ])
  const lines = (await exported.ended).stdout.trim().split('\n')
  expect(lines.map((text) => JSON.parse(text))).toMatchObject([forecast, other, revised])
})
