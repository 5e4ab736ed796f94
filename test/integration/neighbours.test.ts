import { expect, it } from 'vitest'
import { formatInstant, HOUR } from '../../src/domain/instant.ts'
import { seededRandom } from '../../src/domain/random.ts'
import type { StatusMessage } from '../../src/protocol/messages.ts'
import { openKeep } from '../../src/store/keep.ts'
import { temporaryFolder } from '../support/files.ts'
import { messageDifferences, stateDifferences } from '../support/kills/differences.ts'
import type { OnRecord } from '../support/kills/live.ts'
import { pause } from '../support/kills/runs.ts'
import { freePort, startTickcast } from '../support/process.ts'
import { until } from '../support/until.ts'

const files = temporaryFolder()
const HOURS = 168
const BATCH = 24
const START = Math.floor(Date.now() / HOUR) * HOUR - HOURS * HOUR
const at = (hour: number): string => formatInstant(START + hour * HOUR)
const NAMES = ['hill', 'vale'] as const
/** A tick that is sent again is a duplicate, and what is told again is one more tick. */
const SENT_AGAIN = ['ingestStatistics', 'ticks', 'position']

const stationFile = (id: string, neighbour: string) => `
id: ${id}
time: { column: time, format: iso, utc_offset: "+00:00" }
cadence: 1h
neighbours: [${neighbour}]
target: temp
channels:
  - { column: temp, unit: degC, min: -40, max: 60 }
  - { column: p, unit: hPa, min: 800, max: 1100 }
`

function ticksOf(name: (typeof NAMES)[number], batch: number) {
  const random = seededRandom(1000 * batch + name.length)
  return Array.from({ length: BATCH }, (_, row) => {
    const hour = batch * BATCH + row
    const temp = Math.round(100 * (8 + 5 * Math.sin((hour * Math.PI) / 12) + random.unit())) / 100
    return { event_time: at(hour), values: { temp, p: 1000 + temp } }
  })
}

/** Both send in turn, each what it has once the other has been told; killed during some of the batches. */
async function live(keep: string, killedAt: ReadonlySet<number>): Promise<void> {
  const [hill, vale] = [
    await files.write('hill.yaml', stationFile('hill', 'vale')),
    await files.write('vale.yaml', stationFile('vale', 'hill')),
  ]
  const port = String(await freePort())
  const url = `http://127.0.0.1:${port}/v1/stations`
  const begin = () =>
    startTickcast([
      ...['start', '--live', '--port', port, '--keep', keep, '--station', hill, '--neighbour', vale],
      ...['--experts', 'persistence,rls'],
    ])
  let server = begin()
  await server.address()
  const post = (name: string, ticks: readonly object[]): Promise<boolean> =>
    fetch(`${url}/${name}/ticks`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: ticks.map((tick) => JSON.stringify(tick)).join('\n'),
    }).then(
      (reply) => reply.status === 202,
      () => false,
    )
  const newest = async (to: string, of: string): Promise<string | undefined> =>
    ((await (await fetch(`${url}/${to}/status`)).json()) as StatusMessage).neighbours?.[of]?.newest
  let sent = 0
  for (let batch = 0; batch < HOURS / BATCH; batch++) {
    for (const name of NAMES) {
      const other = name === 'hill' ? 'vale' : 'hill'
      const ticks = ticksOf(name, batch)
      const killing = killedAt.has(sent) ? pause(5 * sent).then(() => server.stop('SIGKILL')) : undefined
      const taken = await post(name, ticks)
      await killing
      if (killing) {
        server = begin()
        await server.address()
      }
      if (!taken) await until('the batch is taken', () => post(name, ticks))
      await until('the other is told', async () => (await newest(other, name)) === ticks.at(-1)!.event_time)
      sent++
    }
  }
  await server.stop()
}

async function kept(folder: string, station: string) {
  const keep = await openKeep(folder)
  const records = await keep.records(station, 'forecast', { limit: 10_000 })
  const [checkpoint] = await keep.checkpoints(station)
  await keep.close()
  return { forecasts: records.map(({ message }) => message as OnRecord), state: checkpoint!.state }
}

it('neighbours, live - two stations that inform each other come back from kills as if they had never stopped', async () => {
  const [unbroken, killed] = [files.path('unbroken'), files.path('killed')]
  await live(unbroken, new Set())
  await live(killed, new Set([2, 7, 12]))
  for (const name of NAMES) {
    const [is, was] = [await kept(killed, name), await kept(unbroken, name)]
    const { lost, doubled, unequal } = messageDifferences(is.forecasts, was.forecasts, {
      what: 'forecast',
      nameOf: ({ issued_at }) => issued_at,
    })
    expect({ lost, doubled, unequal }).toEqual({ lost: 0, doubled: 0, unequal: [] })
    expect(stateDifferences(is.state, was.state, { leftOut: SENT_AGAIN })).toEqual([])
    expect(was.forecasts).toHaveLength(HOURS)
    const last = was.forecasts.at(-1) as unknown as { models: Record<string, unknown> }
    expect(Object.keys(last.models)).toContain(`${name === 'hill' ? 'vale' : 'hill'}_neighbour`)
  }
})
