import { describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../src/domain/instant.ts'
import { temporaryFolder } from '../support/files.ts'
import { JENA_HEADER, jenaFile, jenaRow } from '../support/jena-file.ts'
import { freePort, runTickcast, startTickcast } from '../support/process.ts'
import { until } from '../support/until.ts'

const files = temporaryFolder()
const BEGAN = Date.UTC(2015, 0, 1)

async function learn(path: string, keep: string): Promise<string> {
  const flags = ['--data', path, '--experts', 'persistence', '--keep', files.path(keep)]
  const { code, stdout, stderr } = await runTickcast(['learn', ...flags])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.trim().split('\n').at(-1)!
}

/** Of every forecast on record, oldest first. */
async function hindcasts(keep: string): Promise<readonly boolean[]> {
  const { stdout } = await runTickcast([
    ...['export', '--what', 'forecasts', '--format', 'ndjson', '--keep', keep],
  ])
  const lines = stdout.trim().split('\n')
  return lines.map((line) => (JSON.parse(line) as { hindcast?: true }).hindcast ?? false)
}

describe('learn', () => {
  it('learn - a file that has grown goes on where it was, one that holds nothing newer says so and what to do', async () => {
    const days = async (name: string, from: number, count: number) =>
      files.write(name, jenaFile({ from: BEGAN + from * DAY, days: count }))
    expect(await learn(await days('first.csv', 10, 2), 'kept')).toBe(
      '288 rows: jena has learnt up to 2015-01-12T23:50:00Z; none rejected',
    )
    expect(await learn(await days('grown.csv', 10, 3), 'kept')).toBe(
      '144 rows, 288 more passed over (up to 2015-01-12T23:50:00Z, where jena stood): ' +
        'jena has learnt up to 2015-01-13T23:50:00Z; none rejected',
    )
    const earlier = await learn(await days('earlier.csv', 0, 2), 'kept')
    expect(earlier).toBe(
      'nothing new in earlier.csv: none of its 288 rows is newer than 2015-01-13T23:50:00Z, where jena stood. ' +
        'What is older is never learnt from, known or not: an earlier history is to be learnt first, ' +
        'in a folder of its own (--keep FOLDER)',
    )
  })

  it('learn - a file whose rows are further apart than the station says is named', async () => {
    const path = await files.write('hourly.csv', jenaFile({ days: 2, cadence: HOUR }))
    const flags = ['--experts', 'persistence', '--keep', files.path('hourly')]
    const { stdout } = await runTickcast(['learn', '--data', path, ...flags])
    expect(stdout).toContain('forecasts T (degC), a row every 10m')
    expect(stdout).toContain('jena learns as a station with a row every 10m, from a file with one every 1h')
  })

  it('learn - what it forecasts of the past is a hindcast on record, and what live ticks bring is none', async () => {
    const hour = Math.floor(Date.now() / HOUR) * HOUR
    const path = await files.write('past.csv', jenaFile({ from: hour - 2 * DAY, days: 1.5 }))
    await learn(path, 'past')
    const keep = files.path('past')
    const port = await freePort()
    const server = startTickcast([
      ...['start', '--live', '--keep', keep, '--port', String(port), '--experts', 'persistence'],
    ])
    await server.address()
    const tick = { event_time: new Date(hour - HOUR).toISOString(), values: { 'T (degC)': 7 } }
    const reply = await fetch(`http://127.0.0.1:${port}/v1/stations/jena/ticks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(tick),
    })
    expect(reply.status).toBe(202)
    await reply.body?.cancel()
    await until('it is on record', async () => (await hindcasts(keep)).includes(false))
    expect((await server.stop('SIGINT')).code).toBe(0)
    const flags = await hindcasts(keep)
    expect(flags.length).toBeGreaterThan(24)
    expect(flags.indexOf(false)).toBe(flags.length - 1)
  })

  it('learn - rows of a time to come are rejected: what is measured now would be late until then', async () => {
    const now = Math.floor(Date.now() / HOUR) * HOUR
    const rows = [-3, -2, -1, 0, 2, 3].map((hours) => jenaRow(now + hours * HOUR))
    const path = await files.write('ahead.csv', `${[JENA_HEADER, ...rows].join('\n')}\n`)
    const stood = new Date(now).toISOString().replace('.000Z', 'Z')
    expect(await learn(path, 'ahead')).toBe(`6 rows: jena has learnt up to ${stood}; 2 future rejected`)
  })
})
