import { connect } from 'nats'
import { ulid } from 'ulid'
import { expect, it, onTestFinished } from 'vitest'
import { memoryBus } from '../../src/bus/memory.ts'
import { HttpProblem, postTicks } from '../../src/client/http.ts'
import { formatInstant, HOUR, MINUTE, SECOND } from '../../src/domain/instant.ts'
import { startGateway } from '../../src/gateway/gateway.ts'
import type { ReadingMessage } from '../../src/protocol/reading.ts'
import type { RejectedMessage } from '../../src/protocol/rejected.ts'
import { pond, pondMessage, pondWithTape } from '../gateway/messages.ts'
import { busOn, forecasting } from '../support/forecasting.ts'
import { describeWithNats, startNatsServer } from '../support/nats-server.ts'
import { runTickcast, startTickcast } from '../support/process.ts'
import { until } from '../support/until.ts'

const NEVER = '2099-01-01T00:00:00Z'
/** The newest measurement that is in the past whatever else a test does meanwhile. */
const start = Math.floor(Date.now() / pond.cadence) * pond.cadence - 6 * HOUR
const at = (row: number): string => formatInstant(start + row * pond.cadence)
const values = { 'T (degC)': 8, humidity: 50 }

/** A real server; what anybody may publish there, and everything that was published of the pond, from its beginning. */
async function pondOnNats() {
  const server = await startNatsServer()
  onTestFinished(() => server.remove())
  const outsider = await connect({ servers: server.url })
  onTestFinished(() => outsider.close())
  const { bus: watcher } = await busOn(server.url)
  const readings: ReadingMessage[] = []
  const rejected: RejectedMessage[] = []
  await watcher.subscribe({ topic: 'reading' }, ({ message }) => void readings.push(message))
  await watcher.subscribe({ topic: 'rejected' }, ({ message }) => void rejected.push(message))
  await watcher.publish('pond', 'station', pondMessage)
  await watcher.flush()
  const manager = await outsider.jetstreamManager()
  const stored = async (topic: string, message: object, station = 'pond'): Promise<void> => {
    await outsider.jetstream().publish(`tickcast.v1.${station}.${topic}`, JSON.stringify(message))
  }
  return {
    ...{ url: server.url, watcher, readings, rejected, manager, stored },
    times: () => readings.map(({ event_time }) => event_time),
    read: (event_time: string) =>
      until(`the reading of ${event_time}`, () => readings.some((one) => one.event_time === event_time)),
  }
}

describeWithNats('clocks that lie, over NATS', () => {
  it('clocks - a device that lives in 2099 is refused by the clock of the server, and the real ones go on, after a restart too', async () => {
    const { url, stored, read, rejected, times, watcher } = await pondOnNats()
    const first = await busOn(url)
    const host = await forecasting(first.bus)
    await stored('tick', { event_time: at(0), values })
    for (const ingest_time of [NEVER, '2098-12-31T23:59:59Z'])
      await stored('tick', { id: `liar/${ingest_time}`, event_time: NEVER, ingest_time, values })
    await stored('tick', { event_time: at(1), values })
    await read(at(1))
    await until('both are on the subject of the rejected', () => rejected.length === 2)
    expect(rejected[0]).toMatchObject({
      ...{ tick: `liar/${NEVER}`, field: 'event_time', value: NEVER, reason: 'future' },
      rule: expect.stringMatching(/^at most 1m ahead of the clock that took it in, at 20\d\d-/),
    })
    const before = host.stations.get('pond')!.status().intake
    expect(before).toMatchObject({ readings: 2, rejected: 2, rejected_by_reason: { future: 2 } })
    await host.close()
    await first.bus.close()

    await stored('tick', { event_time: at(2), values })
    const second = await busOn(url)
    const again = await forecasting(second.bus)
    await read(at(2))
    expect(again.stations.get('pond')!.status().intake).toMatchObject({ readings: 3, rejected: 2 })
    // The same verdicts at the same moments: those of the server, when it took each in.
    const shown = (one: RejectedMessage) => `${one.tick} ${one.rejected_at} ${one.rule}`
    expect(again.stations.get('pond')!.status().intake.last_rejected.map(shown)).toEqual(
      before.last_rejected.map(shown),
    )
    await watcher.flush()
    expect(times()).toEqual([at(0), at(1), at(2)])
  })

  it('clocks - a reading of 2099, of nobody or of a session, silences no station that starts again', async () => {
    const { url, stored, read, times } = await pondOnNats()
    const first = await busOn(url)
    const host = await forecasting(first.bus)
    await stored('tick', { event_time: at(0), values })
    await read(at(0))
    await host.close()
    await first.bus.close()

    const reading = { ingest_time: at(0), values, bridged: false }
    const replay = { session: ulid(), speed: 1, paused: false }
    await stored('reading', { ...reading, event_time: at(100_000), source: 'replay', replay })
    for (let count = 0; count < 3; count++)
      await stored('reading', { ...reading, event_time: NEVER, source: 'live' })
    await stored('tick', { event_time: at(1), values })
    const second = await busOn(url)
    await forecasting(second.bus)
    await read(at(1))
    expect(times()).toEqual([at(0), at(100_000), at(1)])
  })

  it('clocks - no session is named after a time to come: neither a tick nor a station ends those that follow', async () => {
    const { url, stored, watcher, readings } = await pondOnNats()
    const { bus, invalid } = await busOn(url)
    const { stations } = await forecasting(bus)
    // Of its announcements the server keeps the newest alone: one that nobody has read yet would be gone.
    await until('the pond is forecast', () => stations.has('pond'))
    const tape = { first: at(0), last: null }
    const sessions = ['ZZZZZZZZZZZZZZZZZZZZZZZZZZ', '7ZZZZZZZZZZZZZZZZZZZZZZZZZ', ulid(Date.now() + HOUR)]
    for (const session of sessions) {
      await stored('station', { ...pondWithTape, tape: { ...tape, session } })
      const replay = { session, speed: 1, paused: false }
      await stored('tick', { event_time: at(5), values, replay })
      // One after the other: of a station's announcements the server keeps the newest alone.
      const refused = new RegExp(
        `^pond .* station 'pond': tape.session: "?${session}"? breaks the rule: a ULID`,
      )
      await until(`${session} is refused`, () => invalid.some((text) => refused.test(text)))
    }
    await until('the ticks are refused, too', () => invalid.length >= 2 * sessions.length)

    const session = ulid()
    const replay = { session, speed: 1, paused: false }
    await watcher.publish('pond', 'station', { ...pondWithTape, tape: { ...tape, session } })
    await stored('tick', { event_time: at(0), values, replay })
    await until('a reading of a true session', () => readings.some((one) => one.replay?.session === session))
    expect(readings).toHaveLength(1)
  })

  it('clocks - a tape of a time to come, played onto a live station, makes no measurement late', async () => {
    const { url, stored, read, times } = await pondOnNats()
    const { bus } = await busOn(url)
    await forecasting(bus)
    await stored('tick', { event_time: at(0), values })
    const replay = { session: ulid(), speed: 1, paused: false }
    await stored('tick', { event_time: NEVER, values, replay })
    await stored('tick', { event_time: at(1), values })
    await read(at(1))
    expect(times()).toEqual([at(0), NEVER, at(1)])
  })

  it('clocks - a station that no sane sender would announce is refused with field, value and rule, and stops no other', async () => {
    const { url, stored, read } = await pondOnNats()
    await stored('station', { ...pondMessage, id: 'fast', cadence_seconds: 1e-9 }, 'fast')
    const many = Array.from({ length: 1000 }, (_, n) => ({
      ...pondMessage.channels[0],
      name: `${n}`,
      column: `${n}`,
    }))
    await stored(
      'station',
      { ...pondMessage, id: 'wide', channels: [...pondMessage.channels, ...many] },
      'wide',
    )
    await stored('tick', { event_time: at(0), values }, 'fast')
    const { bus, invalid } = await busOn(url)
    const host = await forecasting(bus)
    await stored('tick', { event_time: at(0), values })
    await read(at(0))
    await until('both are refused', () => invalid.length === 2)
    expect(invalid.map((line) => line.replace(/; it begins.*/, ''))).toEqual([
      expect.stringMatching(/^fast .* cadence_seconds: 1e-9 breaks the rule: at least 1$/),
      expect.stringMatching(/^wide .* channels: \[.*… breaks the rule: at most 64 items$/),
    ])
    expect([...host.stations.keys()]).toEqual(['pond'])
  })
})

describeWithNats('a forecaster of its own', () => {
  it('clocks - a station that its flags do not fit, or that is none, ends no forecaster: those that come later are forecast', async () => {
    const { url, stored } = await pondOnNats()
    await stored('station', { ...pondMessage, id: 'fast', cadence_seconds: 1e-9 }, 'fast')
    const forecast = startTickcast(['forecast', '--nats', url, '--experts', 'gru', '--lookback', '24'])
    await forecast.prints(/warning pond cannot be forecast: --lookback 24 and --stride 18: /)
    await forecast.prints(
      /warning .* is no station of station 'fast': cadence_seconds: 1e-9 breaks the rule: at least 1;/,
    )
    await stored('station', { ...pondMessage, id: 'hourly', cadence_seconds: 3600 }, 'hourly')
    await forecast.prints(/station +hourly/)
    expect(await forecast.stop()).toMatchObject({ code: 0, stderr: '' })
    const both = await runTickcast(['forecast', '--nats', url, '--lookback', '24', '--stride', '7'])
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('--lookback 24 and --stride 7') })
  })
})

it('clocks - over HTTP a tick ten minutes ahead is refused, one a little ahead is taken, and neither makes the real ones late', async () => {
  const bus = memoryBus({
    onError: (error) => {
      throw error
    },
  })
  onTestFinished(() => bus.close())
  const readings: ReadingMessage[] = []
  const rejected: RejectedMessage[] = []
  await bus.subscribe({ topic: 'reading' }, ({ message }) => void readings.push(message))
  await bus.subscribe({ topic: 'rejected' }, ({ message }) => void rejected.push(message))
  await forecasting(bus)
  await bus.publish('pond', 'station', pondMessage)
  let now = start
  const { address: url, close } = await startGateway({ bus, host: '127.0.0.1', port: 0, now: () => now })
  onTestFinished(close)
  const post = async (eventTime: number) => {
    const body = JSON.stringify({ event_time: formatInstant(eventTime), values })
    try {
      return await postTicks('pond', { url, type: 'application/json', body })
    } catch (error) {
      return error instanceof HttpProblem ? error.code : expect.fail(String(error))
    }
  }
  expect(await post(now)).toMatchObject({ accepted: 1 })
  expect(await post(now + 9 * MINUTE + 50 * SECOND)).toBe('rejected')
  // The most that is allowed; the next one, stamped right, is later all the same.
  expect(await post(now + 60 * SECOND)).toMatchObject({ accepted: 1 })
  now += pond.cadence
  expect(await post(now)).toMatchObject({ accepted: 1 })
  await bus.flush()
  expect(rejected.map(({ reason }) => reason)).toEqual(['future'])
  expect(readings.map(({ event_time }) => event_time)).toEqual(
    [start, start + MINUTE, start + pond.cadence].map(formatInstant),
  )
})
