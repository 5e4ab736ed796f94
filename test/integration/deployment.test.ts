import { connect, nanos } from 'nats'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openBus } from '../../src/bus/open-bus.ts'
import { STREAMS } from '../../src/bus/streams.ts'
import { HOUR } from '../../src/domain/instant.ts'
import type { ForecastMessage } from '../../src/protocol/forecast.ts'
import type { ScoreMessage } from '../../src/protocol/scores.ts'
import { type CollectedMessages, collectMessages } from '../support/collect-messages.ts'
import { temporaryFolder } from '../support/files.ts'
import { jenaFile } from '../support/jena-file.ts'
import { describeWithNats, type NatsServer, startNatsServer } from '../support/nats-server.ts'
import { type Running, startTickcast } from '../support/process.ts'
import { until } from '../support/until.ts'

const files = temporaryFolder()
/** Ten days at once, then an hour of the tape in a fifth of a second: five forecasts a second. */
const PACE = ['--lead-in', '10d', '--speed', '18000']
const SMALL = ['--units', '4', '--batch', '8', '--round-steps', '1']

describeWithNats('deployment', () => {
  let nats: NatsServer
  let replay: Running
  let forecast: Running
  let serve: Running
  let url: string

  beforeAll(async () => {
    const csv = await files.write('summer.csv', jenaFile({ days: 90 }))
    nats = await startNatsServer()
    const at = ['--nats', nats.url]
    forecast = startTickcast(['forecast', ...SMALL, ...at])
    serve = startTickcast(['serve', '--port', '0', ...at])
    replay = startTickcast(['replay', '--data', csv, ...PACE, ...at])
    url = await serve.address()
    await Promise.all([replay.prints(/speed/), forecast.prints(/station +jena/)])
  })
  afterAll(async () => {
    for (const running of [replay, forecast, serve]) await running?.stop()
    await nats?.remove()
  })

  /** Forecasts that come from now on. */
  async function further(received: CollectedMessages, count: number): Promise<readonly ForecastMessage[]> {
    const from = received.forecasts.length
    await until(`${count} forecasts more`, () => received.forecasts.length >= from + count)
    return received.forecasts.slice(from)
  }

  /** NATS keeps one forecast for each hour up to the one received last: none is lost, none is there twice. */
  async function expectWhole({ forecasts }: CollectedMessages): Promise<void> {
    const newest = forecasts.at(-1)?.issued_at
    const issued: string[] = []
    const bus = await openBus({ nats: nats.url, onError: (error) => expect.fail(error.message) })
    await bus.subscribe({ topic: 'forecast' }, ({ message }) => void issued.push(message.issued_at), {
      from: 'retained',
    })
    await until(`the forecast of ${newest}`, () => newest !== undefined && issued.includes(newest))
    await bus.close()
    const hours = issued.map((at) => (Date.parse(at) - Date.parse(issued[0]!)) / HOUR)
    expect(hours).toEqual(hours.map((_, index) => index))
  }

  const scored = (score: ScoreMessage | undefined): number => score?.models['persistence']?.n['24']?.all ?? 0

  it('deployment - three processes and a server between them bring verified forecasts to a WebSocket', async () => {
    const received = await collectMessages(url)
    const [first, ...others] = await further(received, 3)
    for (const each of [first!, ...others]) {
      expect(each).toMatchObject({ source: 'replay', model: 'mixture', target: 'T (degC)', unit: 'degC' })
      expect(each.leads.map(({ lead_hours }) => lead_hours)).toEqual(
        Array.from({ length: 24 }, (_, index) => index + 1),
      )
      for (const { quantiles, valid_time, lead_hours } of each.leads) {
        expect(Date.parse(valid_time)).toBe(Date.parse(each.issued_at) + lead_hours * HOUR)
        const levels = Object.keys(quantiles).sort((a, b) => Number(a) - Number(b))
        const values = levels.map((level) => quantiles[level]!)
        expect(levels).toContain('0.05')
        expect(values).toEqual([...values].sort((a, b) => a - b))
      }
    }
    await until('a score', () => scored(received.scores.at(-1)) > 0)
    await until('a status', () => received.statuses.at(-1)?.training.network.includes('GRU'))
  })

  it('deployment - the tape in the other process hears what is said over the WebSocket', async () => {
    const received = await collectMessages(url)
    const paused = await received.tape({ pause: true })
    expect(paused).toMatchObject({ paused: true, speed: 18_000 })
    expect((await received.tape({ step: 6 })).rows).toBe(paused.rows + 6)
    expect(await received.tape({ resume: true })).toMatchObject({ paused: false, session: paused.session })
    await further(received, 2)
  })

  it('deployment - a forecaster that is killed rebuilds what it knew from the stream: no forecast lost, none twice', async () => {
    const received = await collectMessages(url)
    const before = await until('a score', () => received.scores.at(-1))
    const { code } = await forecast.stop('SIGKILL')
    expect(code).toBeNull()
    const last = received.forecasts.at(-1)
    forecast = startTickcast(['forecast', ...SMALL, '--nats', nats.url])
    await until(
      'a later forecast',
      () => (received.forecasts.at(-1)?.issued_at ?? '') > (last?.issued_at ?? ''),
    )
    await further(received, 3)
    const after = await until('a later score', () =>
      received.scores.findLast(({ as_of }) => as_of > before.as_of),
    )
    expect(scored(after)).toBeGreaterThan(scored(before))
    await expectWhole(received)
  })

  it('deployment - a NATS server that is stopped and started again: all three go on, nothing lost, nothing twice', async () => {
    const received = await collectMessages(url)
    await further(received, 2)
    await nats.stop()
    const ready = () => fetch(`${url}/readyz`).then(({ status }) => status)
    await until('the server says that it is not ready', async () => (await ready()) === 503)
    const posted = await fetch(`${url}/v1/stations/jena/replay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"state":true}',
    })
    expect([posted.status, await posted.json()]).toMatchObject([503, { code: 'busy', temporary: true }])
    for (const running of [replay, forecast, serve]) await running.prints(/bus +disconnected from NATS/)
    await nats.start()
    await until('the server is ready again', async () => (await ready()) === 200)
    for (const running of [replay, forecast, serve]) await running.prints(/bus +NATS JetStream at .* is back/)
    await further(received, 5)
    expect((await received.tape({ state: true })).paused).toBe(false)
    await expectWhole(received)
    for (const running of [replay, forecast]) expect(running.stderr).toBe('')
    const [record, ...more] = serve.stderr.trimEnd().split('\n')
    expect(JSON.parse(record!)).toMatchObject({ level: 'warn', code: 'busy' })
    expect(more).toEqual([])
  })

  it('deployment - a forecaster that comes back after long tells nobody the past again', async () => {
    const received = await collectMessages(url)
    await further(received, 1)
    await forecast.stop('SIGKILL')
    // The server knows a message by its id for two minutes. These are not waited for here, but taken from it.
    const client = await connect({ servers: nats.url })
    const { streams } = await client.jetstreamManager()
    for (const { name } of Object.values(STREAMS)) {
      const { config } = await streams.info(name)
      await streams.update(name, { ...config, duplicate_window: nanos(100) })
    }
    await client.close()
    await new Promise((resolve) => setTimeout(resolve, 300))
    forecast = startTickcast(['forecast', ...SMALL, '--nats', nats.url])
    await further(received, 3)
    const times = received.readings.map(({ event_time }) => event_time)
    expect(times).toEqual([...new Set(times)].sort())
    // While it catches up it says so, and how far it is.
    const asOf = received.statuses.flatMap(({ as_of, catching_up }) => (catching_up ? [] : (as_of ?? '')))
    expect(asOf).toEqual([...asOf].sort())
    await expectWhole(received)
  })

  it('deployment - measurements of the same station stop the tape in the other process, and say so', async () => {
    const received = await collectMessages(url)
    await further(received, 1)
    const event_time = new Date(Date.now() - HOUR).toISOString()
    const client = await connect({ servers: nats.url })
    client.publish('tickcast.v1.jena.tick', JSON.stringify({ event_time, values: { 'T (degC)': 3 } }))
    await client.drain()
    const tape = await until('the tape stands still', async () => {
      const state = await received.tape({ state: true })
      return state.paused && state
    })
    expect(tape.paused_because).toBe('live ticks arrived')
  })
})
