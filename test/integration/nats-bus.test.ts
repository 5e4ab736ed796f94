import { connect, type NatsConnection, RetentionPolicy } from 'nats'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Bus } from '../../src/bus/bus.ts'
import { type NatsBusOptions, natsBus } from '../../src/bus/nats.ts'
import { openBus } from '../../src/bus/open-bus.ts'
import { type Invalid, MAX_MESSAGE_BYTES } from '../../src/bus/wire.ts'
import { jena } from '../../src/ingest/jena.ts'
import { stationMessage } from '../../src/protocol/encode.ts'
import type { TickMessage } from '../../src/protocol/tick.ts'
import { busContract, eventually, numbered, publishTicks, tick } from '../contract/bus.ts'
import {
  describeWithNats,
  type NatsServer,
  type NatsServerOptions,
  startNatsServer,
} from '../support/nats-server.ts'

describeWithNats('nats bus', () => {
  busContract('NATS JetStream', async () => {
    const server = await startNatsServer()
    const errors: Error[] = []
    const bus = await natsBus({ url: server.url, onError: (error) => errors.push(error) })
    const close = async () => {
      await bus.close()
      await server.remove()
    }
    return { bus, errors, close }
  })

  let toClose: (() => Promise<unknown>)[] = []
  let errors: Error[] = []
  beforeEach(() => {
    errors = []
  })
  afterEach(async () => {
    for (const close of toClose.reverse()) await close()
    toClose = []
  })

  async function server(options?: NatsServerOptions): Promise<NatsServer> {
    const started = await startNatsServer(options)
    toClose.push(() => started.remove())
    return started
  }

  async function bus(url: string, options: Partial<NatsBusOptions> = {}): Promise<Bus> {
    const opened = await natsBus({ url, onError: (error) => errors.push(error), ...options })
    toClose.push(() => opened.close())
    return opened
  }

  /** Somebody who knows nothing of us. */
  async function outsider(url: string): Promise<NatsConnection> {
    const connection = await connect({ servers: url })
    toClose.push(() => connection.close())
    return connection
  }

  it('nats bus - a server stopped and started again in mid-stream: nothing lost, nothing twice, the order kept', async () => {
    const nats = await server()
    const publisher = await bus(nats.url)
    const subscriber = await bus(nats.url)
    const seen: string[] = []
    const slow: string[] = []
    await subscriber.subscribe({ topic: 'tick' }, ({ message }) => void seen.push(message.id))
    await subscriber.subscribe({ station: 'jena', topic: 'tick' }, async ({ message }) => {
      await new Promise((resolve) => setImmediate(resolve))
      slow.push(message.id)
    })
    const publishing = publishTicks(publisher, { station: 'jena', count: 12_000 })
    for (const reached of [2000, 5000]) {
      await eventually(() => seen.length >= reached)
      await nats.stop()
      await nats.start()
    }
    await publishing
    await publisher.flush()
    await eventually(() => seen.length >= 12_000 && slow.length >= 12_000)
    expect(seen).toEqual(numbered(12_000))
    expect(slow).toEqual(numbered(12_000))
    expect(publisher.healthError()).toBeUndefined()
    expect(errors).toEqual([])
  })

  it('nats bus - while the server is away it says so, keeps what is published, and delivers it afterwards', async () => {
    const nats = await server()
    const one = await bus(nats.url)
    const seen: string[] = []
    await one.subscribe({ topic: 'tick' }, ({ message }) => void seen.push(message.id))
    await nats.stop()
    await eventually(() => one.healthError() !== undefined)
    expect(one.healthError()).toBe(`disconnected from NATS at ${nats.url}; trying again`)
    let taken = false
    void one.publish('jena', 'tick', tick(0), '0')?.then(() => {
      taken = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(taken).toBe(false)
    await nats.start()
    await eventually(() => seen.length > 0)
    expect(seen).toEqual(['0'])
    expect(taken).toBe(true)
    expect(one.healthError()).toBeUndefined()
  })

  it('nats bus - after a crash of the server the stream goes on, in order and without repeating itself', async () => {
    const nats = await server()
    const one = await bus(nats.url)
    const seen: number[] = []
    await one.subscribe({ topic: 'tick' }, ({ message }) => void seen.push(Number(message.id)))
    const publishing = publishTicks(one, { station: 'jena', count: 4000 })
    await eventually(() => seen.length >= 1000)
    await nats.stop('SIGKILL')
    await nats.start()
    await publishing
    await eventually(() => seen.at(-1) === 3999)
    // What a killed server had acknowledged and not yet written is gone: of that nobody can promise anything.
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b))
  })

  it('nats bus - a retry under the same id is kept once, the same row under another id or station again', async () => {
    const nats = await server()
    const one = await bus(nats.url)
    await one.publish('jena', 'tick', tick(1), 'run/1')
    await one.publish('jena', 'tick', tick(1), 'run/1')
    await one.publish('jena', 'tick', tick(1), 'run/2')
    await one.publish('kiel', 'tick', tick(1), 'run/1')
    await one.publish('kiel', 'reading', READING, 'run/1')
    await one.flush()
    const seen: string[] = []
    await one.subscribe({ topic: 'tick' }, ({ station }) => void seen.push(station), { from: 'retained' })
    await one.publish('end', 'tick', tick(2))
    await eventually(() => seen.includes('end'))
    expect(seen).toEqual(['jena', 'jena', 'kiel', 'end'])
  })

  it('nats bus - retained ticks are the whole stream, then what comes', async () => {
    const nats = await server()
    const one = await bus(nats.url)
    await publishTicks(one, { station: 'jena', count: 700 })
    await one.flush()
    const seen: string[] = []
    await one.subscribe({ topic: 'tick' }, ({ message }) => void seen.push(message.id), { from: 'retained' })
    await publishTicks(one, { station: 'jena', from: 700, count: 300 })
    await eventually(() => seen.length >= 1000)
    expect(seen).toEqual(numbered(1000))
  })

  it('nats bus - of a station that is forgotten nothing is held but its own message, and a reader misses nothing else', async () => {
    const nats = await server()
    const one = await bus(nats.url)
    const manager = await (await outsider(nats.url)).jetstreamManager()
    for (let n = 0; n < 30; n++) {
      await one.publish(n % 3 === 1 ? 'jena' : 'kiel', 'reading', READING, `run/${n}`)
      await one.publish('jena', 'tick', tick(n), `run/${n}`)
    }
    await one.publish('jena', 'station', JENA)
    await one.publish('jena', 'station', { ...JENA, removed: true })
    await one.forget('jena')
    const held = async (stream: string) =>
      (await manager.streams.info(stream, { subjects_filter: 'tickcast.v1.*.*' })).state.subjects
    expect(await held('TICKCAST_TICKS')).toBeUndefined()
    expect(await held('TICKCAST_READINGS')).toEqual({ 'tickcast.v1.kiel.reading': 20 })
    expect(await held('TICKCAST_STATIONS')).toEqual({ 'tickcast.v1.jena.station': 1 })
    const two = await bus(nats.url)
    const seen: string[] = []
    await two.subscribe({ topic: 'reading' }, ({ station }) => void seen.push(station), { from: 'retained' })
    await one.publish('end', 'reading', READING)
    await eventually(() => seen.includes('end'))
    expect(seen).toEqual([...Array(20).fill('kiel'), 'end'])
    // Asked and answered behind whatever a missing message would have been asked about.
    expect(await two.newest('end', 'reading')).toBeDefined()
    expect(errors).toEqual([])
  })

  it('nats bus - the newest of a station is found behind what is no message, among those of others', async () => {
    const nats = await server()
    const one = await bus(nats.url)
    const sensor = await outsider(nats.url)
    for (let n = 0; n < 40; n++) {
      const station = n === 3 || n === 5 ? 'jena' : 'kiel'
      const event_time = `2009-01-01T00:${String(n).padStart(2, '0')}:00Z`
      await one.publish(station, 'reading', { ...READING, event_time }, `run/${n}`)
    }
    await one.flush()
    for (const stamp of ['2099-01-01T00:00:00Z', 'soon', '2100-01-01T00:00:00Z']) {
      const lie = JSON.stringify({ ...READING, event_time: stamp })
      await sensor.jetstream().publish('tickcast.v1.jena.reading', lie)
      await sensor.jetstream().publish('tickcast.v1.rome.reading', lie)
    }
    expect(await one.newest('jena', 'reading')).toMatchObject({
      message: { event_time: '2009-01-01T00:05:00Z' },
    })
    expect(await one.newest('kiel', 'reading')).toMatchObject({
      message: { event_time: '2009-01-01T00:39:00Z' },
    })
    expect(await one.newest('rome', 'reading')).toBeUndefined()
  })

  it('nats bus - a subscriber that is slow is sent no more than it has room for', async () => {
    const nats = await server()
    const one = await bus(nats.url)
    let release = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    let handled = 0
    await one.subscribe({ topic: 'tick' }, async () => {
      await gate
      handled++
    })
    await publishTicks(one, { station: 'jena', count: 3000 })
    await one.flush()
    const manager = await (await outsider(nats.url)).jetstreamManager()
    const [consumer] = await manager.consumers.list('TICKCAST_TICKS').next()
    expect(consumer?.delivered.stream_seq).toBeGreaterThan(0)
    expect(consumer?.delivered.stream_seq).toBeLessThanOrEqual(513)
    release()
    await eventually(() => handled === 3000)
  })

  it('nats bus - a plain JSON tick from anywhere is taken in: its id and ingest time are filled in, the same for all', async () => {
    const nats = await server()
    const one = await bus(nats.url)
    const two = await bus(nats.url)
    const seen: TickMessage[] = []
    await one.subscribe({ topic: 'tick' }, ({ message }) => void seen.push(message))
    const sensor = await outsider(nats.url)
    sensor.publish(
      'tickcast.v1.shed.tick',
      '{"event_time":"2024-01-01T12:00:00+01:00","values":{"T (degC)":3.5},"battery":0.8}',
    )
    await eventually(() => seen.length === 1)
    await two.subscribe({ topic: 'tick' }, ({ message }) => void seen.push(message), { from: 'retained' })
    await eventually(() => seen.length === 2)
    expect(seen[0]).toEqual({
      id: 'nats/1',
      ingest_time: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/),
      event_time: '',
      values: {},
      unread: { event_time: '2024-01-01T12:00:00+01:00', values: { 'T (degC)': 3.5 }, battery: 0.8 },
    })
    expect(seen[1]).toEqual(seen[0])
  })

  it('nats bus - what is no message is reported with its place, field and rule, and the stream goes on', async () => {
    const nats = await server()
    const invalid: Invalid[] = []
    const one = await bus(nats.url, { onInvalid: (each) => invalid.push(each) })
    const seen: string[] = []
    await one.subscribe({ topic: 'tick' }, ({ message }) => void seen.push(message.id))
    const sensor = await outsider(nats.url)
    sensor.publish('tickcast.v1.shed.tick', 'T=3.5')
    sensor.publish('tickcast.v1.shed.tick', '{"id":"7","ingest_time":"","values":{"T (degC)":3.5}}')
    sensor.publish('tickcast.v1.shed.tick', JSON.stringify({ ...tick(6), values: { 'T (degC)': true } }))
    sensor.publish('tickcast.v1.shed.tick', Uint8Array.of(0xff, 0xfe, 0))
    sensor.publish('tickcast.v1.Shed!.tick', '{"event_time":"2024-01-01T12:00:00Z","values":{}}')
    sensor.publish('tickcast.v1.shed.tick', 'x'.repeat(MAX_MESSAGE_BYTES + 1))
    sensor.publish('tickcast.v1.shed.tick', JSON.stringify(tick(7)))
    await eventually(() => seen.length === 1)
    expect(seen).toEqual(['7'])
    expect(invalid.map(({ station, id, field }) => `${station} ${id} ${field}`)).toEqual([
      'shed nats/1 ',
      'shed nats/2 event_time',
      'shed nats/3 values.T (degC)',
      'shed nats/4 ',
      'Shed! nats/5 station',
      'shed nats/6 ',
    ])
    expect(invalid[0]).toMatchObject({ topic: 'tick', rule: 'JSON in UTF-8', text: 'T=3.5' })
    expect(invalid[5]).toMatchObject({ rule: 'at most 262144 bytes; it has 262145', text: 'x'.repeat(200) })
    expect(errors).toEqual([])
  })

  it('nats bus - with nobody to hand it to, what is no message is an error', async () => {
    const nats = await server()
    const one = await bus(nats.url)
    await one.subscribe({ topic: 'tick' }, () => undefined)
    const sensor = await outsider(nats.url)
    sensor.publish('tickcast.v1.shed.tick', 'T=3.5')
    await eventually(() => errors.length > 0)
    expect(errors[0]?.message).toBe(`nats/1 is no tick of station 'shed': JSON in UTF-8; it begins "T=3.5"`)
  })

  it('nats bus - a message over the limit is rejected with its size and the limit, and what follows is not held up', async () => {
    const nats = await server()
    const one = await bus(nats.url)
    const huge = { ...tick(0), values: { 'T (degC)': 'x'.repeat(MAX_MESSAGE_BYTES) } }
    await expect(one.publish('jena', 'tick', huge)).rejects.toThrow(
      /^a message of 262\d{3} bytes on tickcast\.v1\.jena\.tick: at most 262144 are let through$/,
    )
    await one.publish('jena', 'tick', tick(1))
    await one.flush()
    expect(errors).toHaveLength(1)
  })

  it('nats bus - a stream that is there already is left as it is', async () => {
    const nats = await server()
    const manager = await (await outsider(nats.url)).jetstreamManager()
    await manager.streams.add({ name: 'TICKCAST_TICKS', subjects: ['tickcast.v1.*.tick'], max_msgs: 5 })
    const one = await bus(nats.url)
    await publishTicks(one, { station: 'jena', count: 20 })
    await one.flush()
    const { config, state } = await manager.streams.info('TICKCAST_TICKS')
    expect([config.max_msgs, state.messages]).toEqual([5, 5])
  })

  it('nats bus - a stream of that name that holds something else is rejected by name', async () => {
    const nats = await server()
    const manager = await (await outsider(nats.url)).jetstreamManager()
    await manager.streams.add({
      name: 'TICKCAST_TICKS',
      subjects: ['tickcast.v1.*.tick'],
      retention: RetentionPolicy.Workqueue,
    })
    await expect(bus(nats.url)).rejects.toMatchObject({
      code: 'bus_unreachable',
      message: expect.stringContaining('TICKCAST_TICKS'),
    })
  })

  it('nats bus - a server that dropped messages before they were read is reported with their number', async () => {
    const nats = await server()
    const manager = await (await outsider(nats.url)).jetstreamManager()
    await manager.streams.add({ name: 'TICKCAST_TICKS', subjects: ['tickcast.v1.*.tick'], max_msgs: 1000 })
    const one = await bus(nats.url)
    let release = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const seen: string[] = []
    await one.subscribe({ topic: 'tick' }, async ({ message }) => {
      await gate
      seen.push(message.id)
    })
    await publishTicks(one, { station: 'jena', count: 3000 })
    await one.flush()
    release()
    await eventually(() => seen.at(-1) === '2999')
    expect(errors.map(({ message }) => message)).toEqual([
      `${3000 - seen.length} messages of TICKCAST_TICKS were dropped by NATS before they were read`,
    ])
  })

  it('nats bus - a stream that was removed is made anew and read from its beginning', async () => {
    const nats = await server()
    const one = await bus(nats.url)
    const seen: string[] = []
    await one.subscribe({ topic: 'tick' }, ({ message }) => void seen.push(message.id))
    await publishTicks(one, { station: 'jena', count: 3 })
    await eventually(() => seen.length === 3)
    const manager = await (await outsider(nats.url)).jetstreamManager()
    await manager.streams.delete('TICKCAST_TICKS')
    await publishTicks(one, { station: 'jena', from: 3, count: 3 })
    await eventually(() => seen.length === 6)
    expect(seen).toEqual(numbered(6))
  })

  it('nats bus - control passes between processes, and a command that is none is answered as such', async () => {
    const nats = await server()
    const player = await bus(nats.url)
    const asker = await bus(nats.url)
    const told: unknown[] = []
    await player.onControl('jena', async (command) => {
      told.push(command)
      return { error: { code: 'out_of_range', message: 'the tape ends in 2016', temporary: false } }
    })
    expect(await asker.control('jena', { seek: '2030-01-01' })).toMatchObject({
      error: { code: 'out_of_range' },
    })
    const stranger = await outsider(nats.url)
    const ask = async (text: string) => (await stranger.request('tickcast.v1.jena.control', text)).json()
    expect(await ask('rewind!')).toMatchObject({ error: { code: 'bad_json' } })
    expect(await ask('{"rewind":true}')).toMatchObject({ error: { code: 'bad_request' } })
    expect(told).toEqual([{ seek: '2030-01-01' }])
  })

  it('nats bus - a tape that does not answer in time is as good as none', async () => {
    const nats = await server()
    const asker = await bus(nats.url, { controlTimeoutMs: 50 })
    const player = await bus(nats.url)
    await player.onControl('jena', () => new Promise(() => undefined))
    expect(await asker.control('jena', { pause: true })).toMatchObject({
      error: { code: 'busy', message: "the tape of station 'jena' did not answer within 0.05 s" },
    })
  })

  it('nats bus - closing waits for what was published last', async () => {
    const nats = await server()
    const one = await bus(nats.url)
    for (let n = 0; n < 400; n++) void one.publish('jena', 'tick', tick(n), String(n))
    await one.close()
    const manager = await (await outsider(nats.url)).jetstreamManager()
    expect((await manager.streams.info('TICKCAST_TICKS')).state.messages).toBe(400)
    expect(errors).toEqual([])
  })

  it('nats bus - closing while the server is away gives up what is pending, and says how much', async () => {
    const nats = await server()
    const one = await bus(nats.url)
    await nats.stop()
    await eventually(() => one.healthError() !== undefined)
    for (let n = 0; n < 3; n++) void one.publish('jena', 'tick', tick(n))
    await one.close()
    expect(errors.map(({ message }) => message)).toEqual([
      `3 messages were given up: NATS at ${nats.url} did not store them`,
    ])
  })

  it('open bus - an address without a server is met with what to do', async () => {
    const nats = await server()
    await nats.stop()
    await expect(openBus({ nats: nats.url, onError: () => undefined })).rejects.toMatchObject({
      code: 'bus_unreachable',
      message:
        `cannot reach NATS at ${nats.url} (connection refused): ` +
        'start one with `nats-server -js` (`tickcast start` without --nats needs none)',
    })
  })

  it('open bus - a server without JetStream is met with what to do', async () => {
    const nats = await server({ jetStream: false })
    await expect(openBus({ nats: nats.url, onError: () => undefined })).rejects.toMatchObject({
      code: 'bus_unreachable',
      message: expect.stringMatching(/runs without JetStream: start it with `nats-server -js`/),
    })
  })

  it('open bus - credentials are taken from the URL and never shown, right or wrong', async () => {
    const nats = await server({ args: ['--user', 'ann', '--pass', 's3cret/@'] })
    const host = nats.url.slice('nats://'.length)
    const opened = await openBus({ nats: `nats://ann:s3cret%2F%40@${host}`, onError: () => undefined })
    expect(opened.address).toBe(nats.url)
    await opened.close()
    const wrong: unknown = await openBus({
      nats: `nats://ann:wr0ng@${host}`,
      onError: () => undefined,
    }).catch((error: unknown) => error)
    expect(wrong).toMatchObject({
      code: 'bus_unreachable',
      message: expect.stringContaining('refuses the credentials'),
    })
    expect(String(wrong)).not.toContain('wr0ng')
  })
})

const JENA = stationMessage(jena, { source: 'live' })

const READING = {
  event_time: '2009-01-01T00:10:00Z',
  ingest_time: '2009-01-01T00:10:01Z',
  values: { 'T (degC)': -8 },
  bridged: false,
  source: 'live' as const,
}
