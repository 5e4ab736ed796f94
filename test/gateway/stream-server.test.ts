import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { subprotocols } from '../../src/client/address.ts'
import { CLOSE_CODES } from '../../src/protocol/codes.ts'
import type { TapeMessage } from '../../src/protocol/tape.ts'
import { forecastAt, pondWithTape, readingAt, score } from './messages.ts'
import { openLine, started } from './started.ts'

const tape: TapeMessage = {
  session: 's1',
  speed: 3600,
  paused: false,
  loop: false,
  ended: false,
  position: null,
  first: null,
  last: null,
  rows: 0,
}

const subscribe = (id: number, topics: readonly string[], recover?: object) => ({
  id,
  subscribe: { station: 'pond', topics, ...(recover && { recover }) },
})

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)

describe('stream', () => {
  it('stream - first the reply, then a snapshot of each topic, then updates', async () => {
    const { bus, gateway } = await started()
    bus.publish('pond', 'forecast', forecastAt(0))
    bus.publish('pond', 'forecast', forecastAt(1))
    const line = await openLine(gateway)
    line.send(subscribe(1, ['forecast', 'score']))
    expect(await line.next()).toEqual({
      id: 1,
      result: { epoch: expect.stringMatching(/^[0-9A-Z]{26}$/), offsets: { forecast: 2, score: 0 } },
    })
    expect(await line.next()).toEqual({
      station: 'pond',
      topic: 'forecast',
      kind: 'snapshot',
      offset: 2,
      data: forecastAt(1),
    })
    bus.publish('pond', 'score', score)
    bus.publish('pond', 'reading', readingAt(1))
    bus.publish('pond', 'forecast', forecastAt(2))
    expect(await line.next()).toEqual({
      station: 'pond',
      topic: 'score',
      kind: 'update',
      offset: 1,
      data: score,
    })
    expect(await line.next()).toMatchObject({ topic: 'forecast', kind: 'update', offset: 3 })
  })

  it('stream - who comes back gets what was missed, or a snapshot where the server is another', async () => {
    const { bus, gateway } = await started()
    bus.publish('pond', 'reading', readingAt(1))
    const first = await openLine(gateway)
    first.send(subscribe(1, ['reading']))
    const { result } = await first.next()
    const { epoch } = result as { epoch: string }
    first.socket.close()
    await first.closed
    for (const n of [2, 3]) bus.publish('pond', 'reading', readingAt(n))

    const second = await openLine(gateway)
    second.send(subscribe(1, ['reading'], { epoch, offsets: { reading: 1 } }))
    expect(await second.next()).toMatchObject({ result: { recovered: true, offsets: { reading: 3 } } })
    expect(await second.next()).toMatchObject({
      kind: 'update',
      offset: 2,
      data: { values: { 'T (degC)': 2 } },
    })
    expect(await second.next()).toMatchObject({
      kind: 'update',
      offset: 3,
      data: { values: { 'T (degC)': 3 } },
    })
    second.send(subscribe(2, ['reading'], { epoch: 'another', offsets: { reading: 1 } }))
    expect(await second.next()).toMatchObject({ id: 2, result: { recovered: false } })
    expect(await second.next()).toMatchObject({ kind: 'snapshot', offset: 3 })
  })

  it('stream - after unsubscribing nothing more of the topic comes', async () => {
    const { bus, gateway } = await started()
    const line = await openLine(gateway)
    line.send(subscribe(1, ['reading', 'score']))
    await line.next()
    line.send({ id: 2, unsubscribe: { station: 'pond', topics: ['reading'] } })
    expect(await line.next()).toEqual({ id: 2, result: {} })
    bus.publish('pond', 'reading', readingAt(1))
    bus.publish('pond', 'score', score)
    expect(await line.next()).toMatchObject({ topic: 'score' })
  })

  it('stream - a tape is operated and answers how it stands, its errors come through', async () => {
    const { bus, gateway } = await started()
    bus.publish('pond', 'station', pondWithTape)
    await bus.onControl('pond', async (command) =>
      command.seek === undefined
        ? { result: { ...tape, speed: command.speed ?? tape.speed } }
        : { error: { code: 'out_of_range', message: 'the tape begins later', temporary: false } },
    )
    const line = await openLine(gateway)
    line.send({ id: 2, replay: { speed: 36000 } })
    expect(await line.next()).toEqual({ id: 2, result: { ...tape, speed: 36000 } })
    line.send({ id: 3, replay: { seek: '1999-01-01' } })
    expect(await line.next()).toMatchObject({ id: 3, error: { code: 'out_of_range' } })
  })

  it('stream - what is no JSON, binary or unknown is answered, and the line stays open', async () => {
    const { gateway } = await started()
    const line = await openLine(gateway)
    line.send('{"id":1,')
    expect(await line.next()).toMatchObject({ id: null, error: { code: 'bad_json' } })
    line.socket.send(Buffer.from('{"id":1,"ping":1}'), { binary: true })
    expect(await line.next()).toMatchObject({ id: null, error: { code: 'bad_request' } })
    line.send({ id: 9, subscribe: { station: 'pond', topics: ['forcast'] } })
    expect(await line.next()).toEqual({
      id: 9,
      error: {
        code: 'unknown_topic',
        message: "no topic 'forcast': reading, forecast, score, status, outside",
        temporary: false,
      },
    })
    line.send({ id: 10, ping: 'x' })
    expect(await line.next()).toEqual({ id: 10, result: { pong: 'x' } })
  })

  it.each([
    ['subscribe', `{"id":7,"subscribe":${nested(15_000)}}`],
    ['ping', `{"id":7,"ping":${nested(15_000)}}`],
    ['replay', `{"id":7,"replay":{"speed":${nested(15_000)}}}`],
  ])('stream - a %s nested without end is answered, and nobody is the worse for it', async (_what, frame) => {
    const { gateway } = await started()
    const line = await openLine(gateway)
    line.send(frame)
    expect(await line.next()).toMatchObject({
      id: 7,
      error: { code: 'bad_request', message: 'a frame that is nested more than 32 levels deep' },
    })
    line.send({ id: 8, ping: { a: [1] } })
    expect(await line.next()).toEqual({ id: 8, result: { pong: { a: [1] } } })
  })

  it('stream - too many bad frames end the line with a code of its own', async () => {
    const { gateway } = await started()
    const line = await openLine(gateway)
    for (let n = 0; n < 20; n++) line.send('nonsense')
    expect(await line.closed).toEqual({ code: CLOSE_CODES.too_many_errors, reason: '20 bad frames in a row' })
  })

  it('stream - a frame of a megabyte is answered and ends its own line with a code, and no other', async () => {
    const { gateway } = await started()
    const [large, other] = [await openLine(gateway), await openLine(gateway)]
    large.send({ id: 1, ping: 'x'.repeat(1_000_000) })
    expect(await large.next()).toEqual({
      id: null,
      error: { code: 'too_large', message: 'a frame of more than 65536 bytes', temporary: false },
    })
    expect(await large.closed).toEqual({ code: CLOSE_CODES.too_large, reason: 'a frame over the limit' })
    other.send({ id: 1, ping: 'x'.repeat(60_000) })
    expect(await other.next()).toMatchObject({ id: 1 })
    expect(gateway.clients()).toBe(1)
  })

  it('stream - a line on which nothing is heard ends with a code that means come back', async () => {
    const { gateway } = await started({ limits: { silenceSeconds: 0.05, pingSeconds: 1_000 } })
    const line = await openLine(gateway)
    expect(await line.closed).toMatchObject({ code: CLOSE_CODES.silent })
    expect(gateway.clients()).toBe(0)
  })

  it('stream - a client that answers pings is not silent, however little it says', async () => {
    const { gateway } = await started({ limits: { silenceSeconds: 2.5, pingSeconds: 0.5 } })
    const line = await openLine(gateway)
    for (let n = 0; n < 3; n++) await once(line.socket, 'ping')
    line.send({ id: 1, ping: 1 })
    expect(await line.next()).toMatchObject({ id: 1 })
  })

  it('stream - a planned stop is announced, then ends the line with a code that means come back', async () => {
    const { gateway } = await started()
    const line = await openLine(gateway)
    line.send({ id: 1, ping: 1 })
    await line.next()
    await gateway.close()
    expect(await line.next()).toEqual({
      closing: { code: CLOSE_CODES.going_away, reason: 'the server stops' },
    })
    expect(await line.closed).toEqual({ code: CLOSE_CODES.going_away, reason: 'the server stops' })
  })

  it('stream - a wrong or missing token is told by a close code, the right one by any way lets in', async () => {
    const { gateway } = await started({ token: 'secret' })
    const without = await openLine(gateway)
    expect(await without.closed).toMatchObject({ code: CLOSE_CODES.unauthorized })
    const wrong = await openLine(gateway, { path: '/v1/stream?token=wrong' })
    expect(await wrong.closed).toMatchObject({ code: CLOSE_CODES.unauthorized, reason: 'wrong token' })
    const ways = [
      { path: '/v1/stream?token=secret' },
      { headers: { authorization: 'Bearer secret' } },
      { protocols: subprotocols('secret') },
    ]
    for (const way of ways) {
      const line = await openLine(gateway, way)
      line.send({ id: 1, ping: 1 })
      expect(await line.next()).toMatchObject({ id: 1 })
    }
  })

  it.each([
    ['another path', '/v1/strem', {}, 404],
    ['a page of another site', '/v1/stream', { origin: 'https://attacker.example' }, 403],
    ['a name of another site that points here', '/v1/stream', { host: 'attacker.example' }, 403],
  ])(
    'stream - an upgrade for %s is rejected before there is a line',
    async (_what, path, headers, wanted) => {
      const { gateway } = await started()
      const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`, { headers })
      socket.on('error', () => undefined)
      const [, response] = await once(socket, 'unexpected-response')
      expect(response.statusCode).toBe(wanted)
      expect(response.headers['content-type']).toBe('application/problem+json')
      socket.terminate()
    },
  )

  it('stream - more clients than the limit are turned away', async () => {
    const { gateway } = await started({ limits: { clients: 1 } })
    await openLine(gateway)
    await expect(openLine(gateway)).rejects.toThrow('503')
  })
})
