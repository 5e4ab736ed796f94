import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/files.ts'
import { runTickcast, startTickcast } from '../support/process.ts'
import { LOUNGE, STUCK, stuckTicks } from '../support/stuck-sensor.ts'
import { until } from '../support/until.ts'

const files = temporaryFolder()
const rows = stuckTicks()

it('sensor health, live - a stuck sensor is told in status, metrics and record, survives a kill, and is believed when its owner says so', async () => {
  const station = await files.write('lounge.yaml', LOUNGE)
  const keep = files.path('kept')
  const flags = [
    'start',
    '--port',
    '0',
    '--live',
    '--station',
    station,
    '--keep',
    keep,
    '--experts',
    'persistence',
  ]
  const server = startTickcast(flags)
  const killed = await server.address()
  const posted = await fetch(`${killed}/v1/stations/lounge/ticks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(rows),
  })
  expect(posted.status).toBe(202)
  const healthAt = async (url: string) =>
    (await (await fetch(`${url}/v1/stations/lounge/status`)).json()).health
  await until('it is found', async () => (await healthAt(killed))?.state === 'stuck')
  const stuck = {
    state: 'stuck',
    fault: { fault: 'stuck', since: rows[48]!.event_time, value: STUCK, accepted: STUCK },
    faults: 1,
  }
  await until('all is in', async () => (await healthAt(killed)).masked === 6)
  expect(await healthAt(killed)).toMatchObject(stuck)
  await server.stop('SIGKILL')

  const again = startTickcast(flags)
  const url = await again.address()
  await until('it is known again', async () => (await healthAt(url))?.masked === 6)
  expect(await healthAt(url)).toMatchObject(stuck)
  const metrics = await (await fetch(`${url}/metrics`)).text()
  expect(metrics).toContain('tickcast_sensor_fault{station="lounge",fault="stuck"} 1')
  expect(metrics).toContain('tickcast_sensor_fault{station="lounge",fault="spike"} 0')
  expect(metrics).toContain('tickcast_last_reading_age_seconds{station="lounge"} ')
  const record = await (await fetch(`${url}/v1/stations/lounge/readings`)).json()
  expect(record.readings.slice(-7)).toMatchObject([
    { values: { temp: STUCK } },
    ...rows.slice(-6).map(({ event_time }) => ({
      event_time,
      values: { temp: null },
      flagged: { fault: 'stuck', value: STUCK },
    })),
  ])

  const accepted = await runTickcast(['accept', 'lounge', '--url', url])
  expect(accepted).toMatchObject({
    code: 0,
    stdout: `lounge: accepted as real (stuck since ${rows[48]!.event_time})\n`,
  })
  await until('it is believed', async () => (await healthAt(url)).state === 'ok')
  expect((await healthAt(url)).ended).toMatchObject({ fault: 'stuck', how: 'accepted', masked: 6 })
  expect((await runTickcast(['accept', 'lounge', '--url', url])).stdout).toContain(
    'nothing to accept: no fault was known',
  )
  expect((await runTickcast(['accept', 'pool', '--url', url])).code).toBe(2)
  await again.stop()
})
