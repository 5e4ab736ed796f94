import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { seededRandom } from '../../src/domain/random.ts'
import type { Station } from '../../src/domain/station.ts'
import { openKeep } from '../../src/store/keep.ts'
import { ticksOfFile } from '../core/station-run.ts'
import { freePort, type Running, startTickcast } from '../support/process.ts'
import { describeWithData } from '../support/real-data.ts'
import { until } from '../support/until.ts'

/** How often the process is killed on the way; more of them are asked for in the environment. */
const KILLS = Number(process.env['TICKCAST_TEST_KILLS'] ?? 6)
const DAYS = Math.max(21, Math.ceil(KILLS / 3))
const BATCH = 6
/** Of everything: what learns in the stream, and networks that are trained beside it. */
const FLAGS = [
  '--experts',
  'persistence,damped_anomaly,rls_hour,mlp,gru',
  '--train-every',
  '4h',
  '--batch',
  '16',
]

describeWithData('jena_2009_2016_hourly.csv', (data) => {
  let folder: string
  let bodies: string[]
  let last: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickcast-keep-'))
    const { station, ticks } = await ticksOfFile(data, DAYS * 24)
    await writeFile(join(folder, 'station.json'), stationFile(station))
    const lines = ticks.map(({ event_time, values }) => JSON.stringify({ event_time, values }))
    bodies = Array.from({ length: lines.length / BATCH }, (_, batch) =>
      lines.slice(batch * BATCH, (batch + 1) * BATCH).join('\n'),
    )
    last = ticks.at(-1)!.event_time
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  /** Posts all batches, each until it is taken; `interrupt` may kill the process between two of them, or during one. */
  async function run(keep: string, interrupt: (batch: number, process: Running) => Promise<boolean>) {
    const port = await freePort()
    const begin = () =>
      startTickcast([
        'start',
        '--live',
        '--port',
        String(port),
        '--keep',
        keep,
        '--station',
        join(folder, 'station.json'),
        ...FLAGS,
      ])
    let server = begin()
    let url = await server.address()
    for (const [batch, body] of bodies.entries()) {
      const killed = interrupt(batch, server)
      const taken = await post(url, body)
      if (await killed) {
        server = begin()
        url = await server.address()
        // What was not acknowledged is sent again, as any sensor would.
        if (!taken) await until('the batch is taken', () => post(url, body))
      } else expect(taken).toBe(true)
    }
    await until('all is worked off', async () => {
      const reply = await fetch(`${url}/v1/stations/jena/status`)
      return ((await reply.json()) as { as_of?: string }).as_of === last
    })
    await server.stop()
  }

  async function post(url: string, body: string): Promise<boolean> {
    try {
      const headers = { 'content-type': 'application/x-ndjson' }
      const reply = await fetch(`${url}/v1/stations/jena/ticks`, { method: 'POST', headers, body })
      return reply.status === 202
    } catch {
      return false
    }
  }

  async function published(keep: string) {
    const open = await openKeep(keep)
    const all = { limit: 10_000 }
    const records = {
      readings: await open.records('jena', 'reading', all),
      forecasts: await open.records('jena', 'forecast', all),
      scores: await open.records('jena', 'score', all),
    }
    await open.close()
    return records
  }

  it('keep - a live station that is killed again and again publishes what one does that never stops', async () => {
    const random = seededRandom(Date.now() % 2 ** 31)
    await run(join(folder, 'unbroken'), async () => false)
    const expected = await published(join(folder, 'unbroken'))
    expect(expected.readings).toHaveLength(DAYS * 24)

    const fatal = new Set<number>()
    while (fatal.size < KILLS) fatal.add(random.below(bodies.length))
    let kills = 0
    await run(join(folder, 'killed'), async (batch, process) => {
      if (!fatal.has(batch)) return false
      await new Promise((resolve) => setTimeout(resolve, random.below(40)))
      await process.stop('SIGKILL')
      kills++
      return true
    })
    expect(kills).toBe(KILLS)
    const resumed = await published(join(folder, 'killed'))
    expect(resumed.readings.map(withoutTimes)).toEqual(expected.readings.map(withoutTimes))
    expect(resumed.forecasts).toEqual(expected.forecasts)
    expect(resumed.scores).toEqual(expected.scores)
  })
})

/** The hourly station as a user describes it. */
function stationFile({ id, title, target, channels }: Station): string {
  return JSON.stringify({
    ...{ id, title, target, cadence: '1h', time: { column: 'time', format: 'iso', utc_offset: '+01:00' } },
    channels: channels.map(({ name, unit, limits }) => ({ name, column: name, unit, ...limits })),
  })
}

/** A tick that is sent again is taken in at another time. */
function withoutTimes<T extends { message: unknown }>(record: T): T {
  return { ...record, message: { ...(record.message as object), ingest_time: undefined } }
}
