import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatInstant, HOUR, MINUTE } from '../../src/domain/instant.ts'
import type { ForecastMessage, ReadingMessage } from '../../src/protocol/messages.ts'
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

  it('record - a wrong flag of export is one line', async () => {
    const wrong = await runTickcast(['export', '--what', 'all', '--keep', keep])
    expect(wrong).toMatchObject({ code: 2, stdout: '' })
    expect(wrong.stderr.trim().split('\n')).toHaveLength(1)
    const missing = await runTickcast(['backtest', '--forecasts', 'all.txt'])
    expect(missing).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Expected a file that ends in .parquet, .csv, .ndjson'),
    })
  })
})
