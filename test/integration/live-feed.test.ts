import { connect } from 'nats'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { formatInstant, HOUR, type Instant, MINUTE } from '../../src/domain/instant.ts'
import { type CollectedMessages, collectMessages } from '../support/collect-messages.ts'
import { temporaryFolder } from '../support/files.ts'
import { JENA_HEADER, jenaFile, jenaRow } from '../support/jena-file.ts'
import { describeWithNats, type NatsServer, startNatsServer } from '../support/nats-server.ts'
import { type Running, runTickcast, startTickcast } from '../support/process.ts'
import { until } from '../support/until.ts'

const files = temporaryFolder()
/**
 * What a server answers in the second that a reading may take, at the least: a busy machine slows both down alike, while
 * something that waits for a clock, or for the feed to end, lets thousands of answers go by.
 */
const ANSWERS_IN_A_SECOND = 500
const CADENCE = 10 * MINUTE

/** A sensor of today: each measurement ten minutes after the one before, the newest one still in the past. */
let next: Instant = Math.floor(Date.now() / CADENCE) * CADENCE - 20 * HOUR
function measured(): { readonly at: Instant; readonly event_time: string } {
  next += CADENCE
  return { at: next, event_time: formatInstant(next) }
}

async function post(url: string, type: string, body: string) {
  const response = await fetch(`${url}/v1/stations/jena/ticks`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  })
  return { status: response.status, reply: await response.json() }
}

/** The tick of this time arrives as a reading, soon after `send`: before the server has answered many a question. */
async function arrives(
  { received, url }: { readonly received: CollectedMessages; readonly url: string },
  event_time: string,
  send: () => unknown,
): Promise<void> {
  await send()
  const found = () => received.readings.findLast((reading) => reading.event_time === event_time)
  for (let answers = 0; !found() && answers < ANSWERS_IN_A_SECOND; answers++) {
    await (await fetch(`${url}/livez`)).text()
  }
  const reading = found()
  expect(reading).toMatchObject({
    source: 'live',
    bridged: false,
    values: { 'T (degC)': expect.any(Number) },
  })
  expect(reading).not.toHaveProperty('replay')
}

describe('live feed', () => {
  let server: Running
  let url: string
  beforeAll(async () => {
    server = startTickcast(['start', '--live', '--port', '0', '--no-network'])
    url = await server.address()
  })
  afterAll(() => server.stop())

  it('live feed - ticks posted as JSON, NDJSON and CSV each arrive as readings within a second', async () => {
    const received = await collectMessages(url)
    const one = measured()
    await arrives({ received, url }, one.event_time, () =>
      post(
        url,
        'application/json',
        JSON.stringify({ event_time: one.event_time, values: { 'T (degC)': 4.5 } }),
      ),
    )
    const flat = measured()
    await arrives({ received, url }, flat.event_time, () =>
      post(url, 'application/json', JSON.stringify([{ event_time: flat.event_time, 'T (degC)': 4.6 }])),
    )
    const lines = measured()
    await arrives({ received, url }, lines.event_time, () =>
      post(
        url,
        'application/x-ndjson',
        `${JSON.stringify({ event_time: lines.event_time, 'T (degC)': 4.7 })}\n`,
      ),
    )
    const csv = measured()
    await arrives({ received, url }, csv.event_time, async () => {
      const { status, reply } = await post(url, 'text/csv', `${JENA_HEADER}\n${jenaRow(csv.at)}\n`)
      expect({ status, reply }).toEqual({
        status: 202,
        reply: { accepted: 1, rejected_count: 0, rejected_by_reason: {}, rejected: [] },
      })
    })
  })

  it.each(['csv', 'ndjson'])(
    'live feed - lines of %s on standard input arrive one by one, while the feed runs',
    async (format) => {
      const received = await collectMessages(url)
      const feed = startTickcast(['feed', '--station', 'jena', '--url', url])
      if (format === 'csv') feed.write(`${JENA_HEADER}\n`)
      const line = (at: Instant): string =>
        format === 'csv' ? jenaRow(at) : JSON.stringify({ event_time: formatInstant(at), 'T (degC)': 5 })
      // The first one waits for the process to start.
      const first = measured()
      feed.write(`${line(first.at)}\n`)
      await received.reading(first.event_time)
      for (let count = 0; count < 2; count++) {
        const { at, event_time } = measured()
        await arrives({ received, url }, event_time, () => feed.write(`${line(at)}\n`))
      }
      feed.endInput()
      expect(await feed.ended).toMatchObject({
        code: 0,
        stdout: 'jena: 3 ticks taken, 0 refused\n',
        stderr: '',
      })
    },
  )

  it('live feed - a tick that is rejected is named in the reply and counted in the status, and the rest is taken', async () => {
    const received = await collectMessages(url)
    const settled = await until('a status of all so far', () =>
      received.statuses.findLast(({ as_of }) => as_of === formatInstant(next)),
    )
    const before = settled.intake
    const [good, hot] = [measured(), measured()]
    const { status, reply } = await post(
      url,
      'application/json',
      JSON.stringify([
        { event_time: good.event_time, 'T (degC)': 6 },
        { event_time: hot.event_time, 'T (degC)': 451 },
      ]),
    )
    expect({ status, reply }).toEqual({
      status: 202,
      reply: {
        accepted: 1,
        rejected_count: 1,
        rejected_by_reason: { out_of_limits: 1 },
        rejected: [
          { index: 1, field: 'T (degC)', value: 451, rule: '-60..60 degC', reason: 'out_of_limits' },
        ],
      },
    })
    const after = await until('a status that counts it', () =>
      received.statuses
        .map(({ intake }) => intake)
        .findLast(({ rejected }) => rejected === before.rejected + 1),
    )
    expect(after.readings).toBe(before.readings + 1)
    expect(after.last_rejected[0]).toMatchObject({ field: 'T (degC)', value: 451, reason: 'out_of_limits' })
  })

  it('live feed - a feed of which lines are rejected says which, and why', async () => {
    const { code, stdout, stderr } = await runTickcast(['feed', '--station', 'jena', '--url', url], {
      input: `{"event_time":"${measured().event_time}","T (degC)":7}\n{"event_time":"soon","T (degC)":7}\n`,
    })
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'jena: 1 tick taken, 1 refused (1 malformed)\n' })
    expect(stderr).toMatch(
      /^tickcast: standard input:2: event_time "soon" breaks the rule: a time written as iso.*\n$/,
    )
  })

  it('live feed - a feed whose server goes away ends at once, though its sensor says nothing more', async () => {
    const other = startTickcast(['start', '--live', '--port', '0', '--no-network'])
    const address = await other.address()
    const feed = startTickcast(['feed', '--station', 'jena', '--url', address])
    const received = await collectMessages(address)
    const { event_time } = measured()
    feed.write(`{"event_time":"${event_time}","T (degC)":7}\n`)
    await received.reading(event_time)
    received.close()
    await other.stop()
    feed.write(`{"event_time":"${event_time}","T (degC)":7}\n`)
    const { code, stderr } = await feed.ended
    expect(code).toBe(2)
    expect(stderr).toMatch(/^tickcast: no Tickcast at .+\n$/)
  })
})

describe('live feed under a tape', () => {
  it('live feed - ticks for a station under replay are turned away with the way to send them, and its tape goes on', async () => {
    const csv = await files.write('week.csv', jenaFile({ days: 7 }))
    const server = startTickcast([
      ...['start', '--data', csv, '--port', '0', '--no-network', '--speed', '60'],
    ])
    const url = await server.address()
    const received = await collectMessages(url)
    const tick = JSON.stringify({ event_time: measured().event_time, 'T (degC)': 8 })
    expect(await post(url, 'application/json', tick)).toMatchObject({
      status: 409,
      reply: { code: 'under_replay', detail: expect.stringContaining('tickcast start --live') },
    })
    const feed = await runTickcast(['feed', '--station', 'jena', '--url', url], { input: `${tick}\n` })
    expect(feed.code).toBe(2)
    expect(feed.stderr).toMatch(/^tickcast: a tape is played of 'jena', .+tickcast start --live.+\n$/)
    expect((await received.tape({ state: true })).paused).toBe(false)
    await server.stop()
  })
})

describeWithNats('live feed under a tape over NATS', () => {
  let nats: NatsServer
  beforeAll(async () => {
    nats = await startNatsServer()
  })
  afterAll(() => nats?.remove())

  it('live feed - live ticks on its subject stop the tape of their station, which says why; resumed behind them it lives on without them', async () => {
    const csv = await files.write('week.csv', jenaFile({ days: 7 }))
    const server = startTickcast([
      ...['start', '--data', csv, '--port', '0', '--no-network', '--speed', '60', '--lead-in', '2d'],
      ...['--nats', nats.url],
    ])
    const url = await server.address()
    const client = await connect({ servers: nats.url })
    onTestFinished(() => client.close())
    const received = await collectMessages(url)
    await until('the lead-in is played', async () => (await received.tape({ state: true })).rows >= 288)
    // What was stored before the pipeline stood counts as the past, not as live.
    await until('a reading of the tape', () => received.readings.length > 0)
    const before = await received.tape({ state: true })
    expect(before.paused).toBe(false)

    const { event_time } = measured()
    client.publish('tickcast.v1.jena.tick', JSON.stringify({ event_time, values: { 'T (degC)': 8 } }))
    expect(await received.reading(event_time)).toMatchObject({ source: 'live' })
    const stopped = await until('the tape stands still', async () => {
      const stands = await received.tape({ state: true })
      return stands.paused ? stands : undefined
    })
    expect(stopped).toMatchObject({
      paused_because: 'live ticks arrived',
      session: before.session,
    })
    expect((await runTickcast(['tape', 'state', '--url', url])).stdout).toContain(
      'paused (live ticks arrived)',
    )

    const resumed = await received.tape({ resume: true })
    expect(resumed).toMatchObject({ paused: false, position: stopped.position, remembers: true })
    expect(resumed.session > before.session).toBe(true)
    const back = await until('what was lived is lived again', async () => {
      const stands = await received.tape({ state: true })
      return stands.catching_up_to === undefined ? stands : undefined
    })
    expect(back.rows).toBeGreaterThanOrEqual(stopped.rows)
    await received.tape({ speed: 'max' })
    const reading = await until('a reading of the new session', () =>
      received.readings.findLast(({ replay }) => replay?.session === resumed.session),
    )
    expect(reading.source).toBe('replay')
    await server.stop()
  })
})

describeWithNats('live feed over NATS', () => {
  let nats: NatsServer
  let server: Running
  let url: string
  beforeAll(async () => {
    nats = await startNatsServer()
    server = startTickcast(['start', '--live', '--port', '0', '--no-network', '--nats', nats.url])
    url = await server.address()
  })
  afterAll(async () => {
    await server?.stop()
    await nats?.remove()
  })

  it('live feed - a bare tick published to its subject arrives within a second, without id or ingest time', async () => {
    const received = await collectMessages(url)
    const client = await connect({ servers: nats.url })
    for (let count = 0; count < 3; count++) {
      const { event_time } = measured()
      await arrives({ received, url }, event_time, () =>
        client.publish('tickcast.v1.jena.tick', JSON.stringify({ event_time, values: { 'T (degC)': 9 } })),
      )
    }
    await client.close()
  })

  it('live feed - garbage on the subject ends up among the rejected, and the next tick arrives', async () => {
    const received = await collectMessages(url)
    const client = await connect({ servers: nats.url })
    const rejected: string[] = []
    client.subscribe('tickcast.v1.jena.rejected', {
      callback: (_, message) => void rejected.push(message.string()),
    })
    await client.flush()
    await until('a status', () => received.statuses.length > 0)
    const before = received.statuses.at(-1)!.intake.rejected
    const garbage = [
      Uint8Array.of(0xff, 0xfe, 0),
      'not JSON',
      '{}',
      '[]',
      'null',
      '{"event_time":"yesterday","values":{"T (degC)":1}}',
      '{"event_time":"2020-01-01T00:00:00Z","values":{"T (degC)":{"deep":[1]}}}',
      `{"event_time":"${'x'.repeat(1000)}","values":{}}`,
      'x'.repeat(500_000),
    ]
    for (const one of garbage) client.publish('tickcast.v1.jena.tick', one)
    await until('all of it is on the subject of the rejected', () => rejected.length === garbage.length)
    for (const one of rejected) {
      expect(JSON.parse(one)).toMatchObject({
        rule: expect.stringMatching(/./),
        reason: expect.stringMatching(/^(malformed|empty)$/),
      })
    }
    await until(
      'a status that counts it',
      () => received.statuses.at(-1)?.intake.rejected === before + garbage.length,
    )
    // On another subject it is no tick, and so no rejected one.
    client.publish('tickcast.v1.jena.forecast', 'not JSON')
    await server.prints(/warning .* is no forecast of station 'jena': JSON in UTF-8/)
    const { event_time } = measured()
    await arrives({ received, url }, event_time, () =>
      client.publish('tickcast.v1.jena.tick', JSON.stringify({ event_time, values: { 'T (degC)': 9 } })),
    )
    const status = await until('a status of it', () =>
      received.statuses.findLast(({ as_of }) => as_of === event_time),
    )
    expect(status.intake.rejected).toBe(before + garbage.length)
    await client.close()
    expect(server.stderr).toBe('')
  })
})
