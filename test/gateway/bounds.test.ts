import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Gateway } from '../../src/gateway/gateway.ts'
import { CLOSE_CODES } from '../../src/protocol/codes.ts'
import { openLine, started } from './started.ts'

async function line({ port }: Gateway): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

async function answerOn(socket: Socket, text: string): Promise<string> {
  let answer = ''
  socket.write(text)
  socket.setEncoding('utf8')
  for await (const chunk of socket) answer += chunk
  return answer
}

async function asked(gateway: Gateway, path: string, init: RequestInit = {}) {
  const response = await fetch(`${gateway.address}${path}`, init)
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    body: await response.json(),
  }
}

const ticksOf = (count: number): string =>
  Array.from({ length: count }, (_, n) =>
    JSON.stringify({
      event_time: new Date(Date.UTC(2020, 0, 1) + n * 600_000).toISOString(),
      'T (degC)': 3,
    }),
  ).join('\n')

const posting = (body: string) => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-ndjson' },
  body,
})

describe('bounds - time', () => {
  it('bounds - headers that never end are answered with the rule, and the line is closed', async () => {
    const { gateway } = await started({ limits: { headersSeconds: 0.2 } })
    const answer = await answerOn(await line(gateway), 'GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ')
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(answer).toContain('the headers of a request have 0.2 s to come')
  })

  it('bounds - so is a body that never ends', async () => {
    const { gateway } = await started({ limits: { headersSeconds: 0.2, requestSeconds: 0.3 } })
    const head = [
      ...['POST /v1/stations/pond/ticks HTTP/1.1', 'Host: 127.0.0.1', 'Content-Type: application/json'],
      ...['Content-Length: 1000', '', '{'],
    ]
    expect(await answerOn(await line(gateway), head.join('\r\n'))).toContain('"code":"timeout"')
  })

  it('bounds - what is no HTTP is told so', async () => {
    const { gateway } = await started()
    expect(await answerOn(await line(gateway), 'hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [\s\S]*bad_request/)
  })
})

describe('bounds - rates', () => {
  it('bounds - a client that asks without end is told when to go on; probes are still answered', async () => {
    const { gateway } = await started({ limits: { requestsPerSecond: 0.1, requestBurst: 3 } })
    const statuses = []
    for (let n = 0; n < 3; n++) statuses.push((await asked(gateway, '/v1/stations')).status)
    expect(statuses).toEqual([200, 200, 200])
    const refused = await asked(gateway, '/v1/stations')
    expect(refused).toMatchObject({
      status: 429,
      body: { code: 'too_many_requests', temporary: true },
    })
    expect(refused.body.detail).toMatch(/^at most 0\.1 requests a second of one client: go on in \d+ s$/)
    expect(Number(refused.retryAfter)).toBeGreaterThanOrEqual(9)
    expect((await asked(gateway, '/livez')).status).toBe(200)
  })

  it.skipIf(process.platform !== 'linux')('bounds - the rate of one client costs no other', async () => {
    const { gateway } = await started({ limits: { requestsPerSecond: 0.1, requestBurst: 1 } })
    const statusFrom = async (localAddress: string) => {
      const options = { port: gateway.port, path: '/v1/stations', localAddress, agent: new Agent() }
      const [reply]: IncomingMessage[] = await once(get({ host: '127.0.0.1', ...options }), 'response')
      reply?.resume()
      return reply?.statusCode
    }
    expect(await statusFrom('127.0.0.1')).toBe(200)
    expect(await statusFrom('127.0.0.1')).toBe(429)
    expect(await statusFrom('127.0.0.2')).toBe(200)
  })

  it.each(['frames', 'pings'])(
    'bounds - a client that sends %s without end is cut off with the rule',
    async (what) => {
      const { gateway } = await started({ limits: { framesPerSecond: 5, frameBurst: 20 } })
      const client = await openLine(gateway)
      for (let n = 0; n < 100; n++) {
        if (what === 'pings') client.socket.ping()
        else client.send({ id: n, ping: n })
      }
      expect(await client.closed).toEqual({
        code: CLOSE_CODES.too_fast,
        reason: 'more than 5 frames a second: send fewer',
      })
    },
  )

  it('bounds - opening streams without end is held to the rate of requests', async () => {
    const { gateway } = await started({
      limits: { requestsPerSecond: 0.1, requestBurst: 20, streamCost: 10 },
    })
    await openLine(gateway)
    await openLine(gateway)
    await expect(openLine(gateway)).rejects.toThrow('429')
  })
})

describe('bounds - lines', () => {
  it('bounds - with all lines taken a probe is answered, and others are told to come back', async () => {
    const { gateway } = await started({ limits: { connections: 6, probeConnections: 3 } })
    const held = await Promise.all([line(gateway), line(gateway), line(gateway)])
    expect((await asked(gateway, '/livez', { headers: { connection: 'close' } })).status).toBe(200)
    expect(await asked(gateway, '/v1/stations')).toMatchObject({
      status: 503,
      retryAfter: '1',
      body: { code: 'busy', detail: '3 connections are open, as many as are served: try again in a moment' },
    })
    await Promise.all(held.map((each) => once(each.end(), 'close')))
    expect((await asked(gateway, '/v1/stations')).status).toBe(200)
  })

  it('bounds - a line of those for probes does not stay open', async () => {
    const { gateway } = await started({
      limits: { connections: 2, probeConnections: 2, probeSeconds: 0.1 },
    })
    const idle = await line(gateway)
    await once(idle.resume(), 'close')
    expect((await asked(gateway, '/livez')).status).toBe(200)
  })
})

describe('bounds - bodies', () => {
  it('bounds - one tick too many, and none is taken: the reply names the bound and the way out', async () => {
    const { bus, gateway } = await started()
    let ticks = 0
    await bus.subscribe({ topic: 'tick' }, () => void ticks++)
    const path = '/v1/stations/pond/ticks'
    const refused = await asked(gateway, path, posting(ticksOf(5_001)))
    expect(refused).toMatchObject({
      status: 413,
      body: {
        code: 'too_large',
        detail: expect.stringMatching(
          /^more than 5000 ticks in one body, of which none was taken: send them in bodies of at most 5000/,
        ),
      },
    })
    expect(ticks).toBe(0)
    expect((await asked(gateway, path, posting(ticksOf(5_000)))).status).toBe(202)
    expect(ticks).toBe(5_000)
  })

  it('bounds - who has sent a body is not cut off while it is worked off', async () => {
    const { bus, gateway } = await started({ pipeline: false, limits: { idleSeconds: 0.2 } })
    await bus.subscribe({ topic: 'tick' }, () => {
      const until = performance.now() + 1
      while (performance.now() < until) {}
    })
    const began = performance.now()
    const { status } = await asked(gateway, '/v1/stations/pond/ticks', posting(ticksOf(1_000)))
    expect(status).toBe(202)
    expect(performance.now() - began).toBeGreaterThan(1_000)
  })

  it('bounds - while a body is worked off others have their turn', async () => {
    const { bus, gateway } = await started({ pipeline: false })
    const order: string[] = []
    await bus.subscribe({ topic: 'tick' }, () => {
      const until = performance.now() + 1
      while (performance.now() < until) {}
    })
    const posted = asked(gateway, '/v1/stations/pond/ticks', posting(ticksOf(1_000))).then(({ status }) => {
      order.push(`ticks ${status}`)
    })
    for (let n = 0; n < 5; n++) order.push(`probe ${(await asked(gateway, '/livez')).status}`)
    await posted
    expect(order).toEqual([...Array.from({ length: 5 }, () => 'probe 200'), 'ticks 202'])
  })

  it('bounds - bodies on their way share a room: what has none is told to come again', async () => {
    const { gateway } = await started({ limits: { bodyBytesOfOne: 1_000 } })
    const slow = await line(gateway)
    const head = [
      ...['POST /v1/stations/pond/ticks HTTP/1.1', 'Host: 127.0.0.1', 'Content-Type: application/json'],
      ...['Content-Length: 900', '', '{'],
    ]
    slow.write(head.join('\r\n'))
    const body = ticksOf(2)
    let refused = await asked(gateway, '/v1/stations/pond/ticks', posting(body))
    while (refused.status === 202) refused = await asked(gateway, '/v1/stations/pond/ticks', posting(body))
    expect(refused).toMatchObject({ status: 503, retryAfter: '1', body: { code: 'busy' } })
    slow.destroy()
    while (refused.status === 503) refused = await asked(gateway, '/v1/stations/pond/ticks', posting(body))
    expect(refused.status).toBe(202)
  })
})
