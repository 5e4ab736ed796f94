import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DAY, formatInstant, HOUR, MINUTE } from '../../src/domain/instant.ts'
import type { ForecastMessage } from '../../src/protocol/forecast.ts'
import type { ReadingMessage } from '../../src/protocol/reading.ts'
import { openDuckdb } from '../support/duckdb.ts'
import { temporaryFolder } from '../support/files.ts'
import { type Running, runTickcast, startTickcast } from '../support/process.ts'
import { until } from '../support/until.ts'

const files = temporaryFolder()
const CADENCE = 10 * MINUTE
const COUNT = 60
const first = Math.floor(Date.now() / HOUR) * HOUR - 20 * HOUR
const times = Array.from({ length: COUNT }, (_, n) => formatInstant(first + n * CADENCE))

describe('record', () => {
  const keep = files.path('kept')
  const begin = () => startTickcast(['start', '--live', '--port', '0', '--no-network', '--keep', keep])
  const of = async <T>(url: string, name: string): Promise<T> =>
    (await fetch(`${url}/v1/stations/jena/${name}`)).json() as Promise<T>
  const readings = async (url: string) => (await of<{ readings: ReadingMessage[] }>(url, 'readings')).readings
  const forecasts = async (url: string) =>
    (await of<{ forecasts: ForecastMessage[] }>(url, 'forecasts')).forecasts

  let server: Running
  let url: string
  beforeAll(async () => {
    server = begin()
    url = await server.address()
    const body = times.map((event_time, n) => JSON.stringify({ event_time, values: { 'T (degC)': n / 10 } }))
    const headers = { 'content-type': 'application/x-ndjson' }
    const path = `${url}/v1/stations/jena/ticks`
    expect((await fetch(path, { method: 'POST', headers, body: body.join('\n') })).status).toBe(202)
    await until('all is worked off', async () => {
      return (await of<{ as_of?: string }>(url, 'status')).as_of === times.at(-1)
    })
  })
  afterAll(() => server.stop())

  it('record - what was published is served and exported while the server runs, and after it was killed', async () => {
    const published = await readings(url)
    expect(published.map(({ event_time }) => event_time)).toEqual(times)
    const issued = await forecasts(url)
    expect(issued).toHaveLength(COUNT / 6)
    expect(issued.at(-1)).toEqual(await of(url, 'forecast'))

    const out = files.path('pairs.parquet')
    const exported = await runTickcast(['export', '--what', 'pairs', '--keep', keep, '--out', out])
    expect(exported).toMatchObject({ code: 0, stdout: '', stderr: '' })
    const query = await openDuckdb()
    // The last forecast was issued 50 minutes before the last reading; each earlier one has an hour more.
    expect(
      await query(
        `SELECT count(*)::INTEGER AS rows, count(truth)::INTEGER AS truths, max(truth) AS most FROM '${out}'`,
      ),
    ).toEqual([{ rows: issued.length * 24, truths: (9 * 10) / 2, most: 5.4 }])

    const none = await runTickcast(['export', '--what', 'pairs', '--keep', keep, '--from', '2099-01-01'])
    expect(none).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^issued_at,valid_at,lead,[^\n]+\n$/),
    })
    expect(none.stderr).toBe(
      `tickcast: no pairs of that time are kept of jena: there are some from ${issued[0]!.issued_at} to ${issued.at(-1)!.issued_at}\n`,
    )

    await server.stop('SIGKILL')
    server = begin()
    url = await server.address()
    await until(
      'the station stands again',
      async () => (await fetch(`${url}/v1/stations/jena`)).status === 200,
    )
    expect(await readings(url)).toEqual(published)
    expect(await forecasts(url)).toEqual(issued)
    expect(await (await fetch(`${url}/v1`)).json()).toMatchObject({ name: 'tickcast', keep })
  })

  it('record - with --keep-for what is older goes while the station is live, and the start says how long it stays', async () => {
    const brief = files.path('brief')
    const flags = ['start', '--live', '--port', '0', '--experts', 'persistence', '--keep', brief]
    const begun = async () => {
      const server = startTickcast([...flags, '--keep-for', '2d'])
      return { server, url: await server.address() }
    }
    const { server, url } = await begun()
    expect(server.stdout).toContain(`${brief}, what was published for 2d`)
    const week = Array.from({ length: 1000 }, (_, n) => formatInstant(first - 7 * DAY + n * CADENCE))
    const body = week.map((event_time) => JSON.stringify({ event_time, values: { 'T (degC)': 1 } }))
    await fetch(`${url}/v1/stations/jena/ticks`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: body.join('\n'),
    })
    const oldest = async (at: string) => (await readings(at))[0]?.event_time ?? ''
    // With a checkpoint, of which there is one on the way.
    await until('older ones are gone', async () => (await oldest(url)) > week[200]!)
    expect(await server.stop()).toMatchObject({ stderr: '' })

    const again = await begun()
    const kept = week.slice(-2 * 144 - 1)
    await until('all that are too old are gone', async () => (await oldest(again.url)) === kept[0])
    expect((await readings(again.url)).map(({ event_time }) => event_time)).toEqual(kept)
    const issued = (await forecasts(again.url)).map(({ issued_at }) => issued_at)
    expect(issued.length).toBeGreaterThan(47)
    expect(issued.every((at) => at >= kept[0]!)).toBe(true)
    expect(await again.server.stop()).toMatchObject({ stderr: '' })
  })

  it('record - a wrong flag of export is one line', async () => {
    const wrong = await runTickcast(['export', '--what', 'all', '--keep', keep])
    expect(wrong).toMatchObject({ code: 2, stdout: '' })
    expect(wrong.stderr.trim().split('\n')).toHaveLength(1)
    expect(
      await runTickcast(['export', '--what', 'pairs', '--keep', keep, '--out', 'pairs.xlsx']),
    ).toMatchObject({
      code: 2,
      stderr:
        'tickcast: --out pairs.xlsx: ends in none of .parquet, .csv, .ndjson, so --format is to say which it is\n',
    })
    const missing = await runTickcast(['backtest', '--forecasts', 'all.txt'])
    expect(missing).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Expected a file that ends in .parquet, .csv, .ndjson'),
    })
  })
})
