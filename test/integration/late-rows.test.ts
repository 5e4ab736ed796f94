import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DAY, formatInstant, HOUR, type Instant, MINUTE } from '../../src/domain/instant.ts'
import type { ReadingMessage } from '../../src/protocol/reading.ts'
import type { StatusMessage } from '../../src/protocol/status.ts'
import { temporaryFolder } from '../support/files.ts'
import { type Running, runTickcast, startTickcast } from '../support/process.ts'
import { until } from '../support/until.ts'

const files = temporaryFolder()
const CADENCE = 10 * MINUTE
const LATE = 5000
/** A sensor of today. */
let next: Instant = Math.floor(Date.now() / CADENCE) * CADENCE - 20 * HOUR
const measured = () => {
  next += CADENCE
  return tickAt(next)
}
const tickAt = (at: Instant) => JSON.stringify({ event_time: formatInstant(at), values: { 'T (degC)': 5 } })
/** A year before it. */
const history = Array.from({ length: LATE }, (_, n) => tickAt(next - 365 * DAY + n * CADENCE))

describe('late rows', () => {
  const live: string[] = []
  let server: Running
  let url: string
  const post = async (body: string) => {
    const headers = { 'content-type': 'application/x-ndjson' }
    const reply = await fetch(`${url}/v1/stations/jena/ticks`, { method: 'POST', headers, body })
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> }
  }
  const postLive = async (tick = measured()) => {
    live.push(formatInstant(next))
    return post(tick)
  }
  const begin = async () => {
    server = startTickcast([
      ...['start', '--live', '--port', '0', '--experts', 'persistence', '--keep', files.path('kept')],
    ])
    url = await server.address()
  }
  const of = async <T>(path: string): Promise<T> =>
    (await fetch(`${url}/v1/stations/jena/${path}`)).json() as Promise<T>
  const counted = (late: number) =>
    until('all are counted', async () => {
      // There is none yet for half a second after the first reading.
      const { intake } = await of<Partial<StatusMessage>>('status')
      return intake?.rejected_by_reason['late'] === late ? intake : undefined
    })

  beforeAll(async () => {
    await begin()
    await postLive()
  })
  afterAll(() => server.stop())

  it('late rows - a history posted to a live station is refused row by row, the reply says why and what to do, live ticks go on', async () => {
    const bulk = post(history.join('\n'))
    for (let tick = 0; tick < 3; tick++) expect((await postLive()).status).toBe(202)
    expect(await bulk).toMatchObject({
      status: 422,
      body: {
        code: 'rejected',
        accepted: 0,
        rejected_count: LATE,
        rejected_by_reason: { late: LATE },
        advice: expect.stringContaining('tickcast learn --data FILE'),
      },
    })
    const again = await post(`${tickAt(next - CADENCE)}\n${tickAt(next)}`)
    expect(again).toMatchObject({
      status: 202,
      body: { accepted: 0, rejected_by_reason: { late: 1, duplicate: 1 } },
    })
    const mixed = await postLive(`${history[0]}\n${measured()}`)
    expect(mixed).toMatchObject({ status: 202, body: { accepted: 1, rejected_by_reason: { late: 1 } } })
    const intake = await counted(LATE + 2)
    expect(intake.last_rejected).toHaveLength(10)
    expect(intake.readings).toBe(live.length)
  })

  it('late rows - one fed on standard input is summed up in a line, and no row of it is on record, after a restart either', async () => {
    const { code, stdout, stderr } = await runTickcast(['feed', '--station', 'jena', '--url', url], {
      input: `${history.join('\n')}\n`,
    })
    expect({ code, stdout }).toEqual({
      code: 2,
      stdout: `jena: 0 ticks taken, ${LATE} refused (${LATE} late)\n`,
    })
    expect(stderr).toContain('`tickcast learn --data FILE')
    expect(stderr.split('\n').length).toBeLessThan(25)
    expect((await postLive()).status).toBe(202)
    await counted(2 * LATE + 2)
    const recorded = async () =>
      (await of<{ readings: ReadingMessage[] }>('readings')).readings.map(({ event_time }) => event_time)
    expect(await recorded()).toEqual(live)

    await server.stop('SIGKILL')
    await begin()
    const tick = measured()
    await until('ticks are taken again', async () => (await post(tick)).status === 202)
    live.push(formatInstant(next))
    expect(await recorded()).toEqual(live)
    expect(server.stderr).toBe('')
  })
})
