import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { accessRules } from '../../src/gateway/access.ts'
import type { Gateway } from '../../src/gateway/gateway.ts'
import { httpApp } from '../../src/gateway/http-app.ts'
import { LIMITS } from '../../src/gateway/limits.ts'
import { CLOSE_CODES } from '../../src/protocol/codes.ts'
import { STREAM_PATH } from '../../src/protocol/stream-address.ts'
import { pondWithTape } from './messages.ts'
import { started } from './started.ts'

const TOKEN = 'sesame'
const encoded = (text: string): string => `%${text.charCodeAt(0).toString(16)}`

/** Ways to write one path; some mean it to the router, some to a careless reader. */
const SPELLINGS: Readonly<Record<string, (path: string) => string>> = {
  plain: (path) => path,
  'first letter encoded': (path) => path.replace(/[a-z]/, encoded),
  'last letter encoded': (path) => path.replace(/[a-z](?=[^a-z]*$)/, encoded),
  'every letter encoded': (path) => path.replace(/[a-z]/g, encoded),
  'absolute form': (path) => `http://127.0.0.1${path}`,
  'absolute form, another host': (path) => `http://x${path}`,
  'absolute form, encoded': (path) => `HTTP://127.0.0.1${path.replace(/[a-z]/, encoded)}`,
  'double slash': (path) => `/${path}`,
  'dot segment': (path) => `/.${path}`,
  'dots that lead back': (path) => `/livez/..${path}`,
  'dots that lead back, encoded': (path) => `/livez%2f..${path}`,
  'upper case': (path) => path.toUpperCase(),
  'trailing slash': (path) => `${path}/`,
  semicolon: (path) => `${path};/livez`,
  'wrong token': (path) => `${path}?token=wrong`,
  'a public path as query': (path) => `${path}?/livez`,
  'a public path as fragment': (path) => `${path}#/livez`,
}

interface RawRequest {
  readonly method: string
  readonly target: string
  readonly headers?: readonly string[]
  readonly body?: string
}

/** Exactly these bytes, and all that comes back until `enough` or the end. */
async function raw(
  { port }: Gateway,
  { method, target, headers = ['Host: 127.0.0.1'], body = '' }: RawRequest,
  enough: (answer: Buffer) => boolean = () => false,
): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  socket.write(`${[`${method} ${target} HTTP/1.1`, ...headers].join('\r\n')}\r\n\r\n${body}`)
  let answer = Buffer.alloc(0)
  for await (const chunk of socket) {
    answer = Buffer.concat([answer, chunk])
    if (enough(answer)) break
  }
  return answer
}

function statusOf(answer: Buffer): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer.toString())?.[1])
}

/** With a page, a station under replay, and account of whatever gets through. */
async function guarded() {
  const pageDir = await mkdtemp(join(tmpdir(), 'tickcast-page-'))
  onTestFinished(() => rm(pageDir, { recursive: true }))
  await writeFile(join(pageDir, 'index.html'), '<title>pond</title>')
  const { bus, gateway } = await started({ token: TOKEN, pageDir, limits: { requestBurst: 1e6 } })
  const through: string[] = []
  await bus.publish('pond', 'station', pondWithTape)
  await bus.subscribe({ topic: 'tick' }, () => void through.push('tick'))
  await bus.onControl('pond', async () => {
    through.push('command')
    return { error: { code: 'busy', message: 'not now', temporary: true } }
  })
  const routes = gateway.routes.map((route) => ({ ...route, path: route.path.replaceAll(':id', 'pond') }))
  return { gateway, routes, through }
}

const asked = (method: string, target: string, more: readonly string[] = []): RawRequest => {
  const body = method === 'POST' ? '{"seek":"2009-01-01T00:00:00Z"}' : ''
  const length = body === '' ? [] : [`Content-Length: ${body.length}`, 'Content-Type: application/json']
  return { method, target, body, headers: ['Host: 127.0.0.1', 'Connection: close', ...length, ...more] }
}

describe('authorization', () => {
  it('authorization - without the token no spelling of any route that is not public gets through', async () => {
    const { gateway, routes, through } = await guarded()
    const closed = routes.filter((route) => !route.public)
    expect(closed.map(({ method, path }) => `${method} ${path}`)).toEqual(
      expect.arrayContaining([
        'GET /metrics',
        'HEAD /v1/stations',
        'POST /v1/stations/pond/replay',
        'DELETE /v1/stations/pond',
      ]),
    )
    const open: string[] = []
    for (const { method, path } of closed) {
      for (const [name, spelling] of Object.entries(SPELLINGS)) {
        const status = statusOf(await raw(gateway, asked(method, spelling(path))))
        if (![400, 401, 403].includes(status)) open.push(`${method} ${path}, ${name}: ${status}`)
      }
      const twice = statusOf(await raw(gateway, asked(method, path, ['Host: 127.0.0.1'])))
      if (twice !== 400) open.push(`${method} ${path}, two hosts: ${twice}`)
    }
    expect(open).toEqual([])
    expect(through).toEqual([])
  })

  it('authorization - with the token every one of these routes is there, encoded and in absolute form too', async () => {
    const { gateway, routes, through } = await guarded()
    const wrong: string[] = []
    for (const { method, path } of routes.filter((route) => !route.public)) {
      for (const name of ['plain', 'first letter encoded', 'every letter encoded', 'absolute form']) {
        const target = SPELLINGS[name]!(path)
        // A stream of events does not end.
        const answer = await raw(gateway, asked(method, target, [`Authorization: Bearer ${TOKEN}`]), (text) =>
          text.includes('event: subscribed'),
        )
        const missing = /"no (GET|POST|DELETE) /.test(answer.toString())
        if ([401, 403, 405].includes(statusOf(answer)) || missing)
          wrong.push(`${method} ${path}, ${name}: ${statusOf(answer)}`)
      }
    }
    expect(wrong).toEqual([])
    expect(through).toContain('command')
  })

  it('authorization - probes, the page and the document of the routes are public, and nothing else is', async () => {
    const { gateway, routes } = await guarded()
    const open = routes.filter((route) => route.public)
    const others = open.filter(({ path }) => !path.startsWith('/docs'))
    expect(new Set(others.map(({ path }) => path))).toEqual(
      new Set(['/livez', '/readyz', '/', '/index.html', '/v1/openapi.json']),
    )
    for (const { method, path } of others) expect(statusOf(await raw(gateway, asked(method, path)))).toBe(200)
  })

  it('authorization - what no route matches is closed, and so is a route that says nothing of itself', async () => {
    const { gateway } = await guarded()
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])
      expect(statusOf(await raw(gateway, asked(method, '/nowhere')))).toBe(401)
    const { app } = await httpApp({
      access: accessRules({ host: '127.0.0.1', token: TOKEN }),
      pageDir: undefined,
      limits: LIMITS,
      logger: undefined,
    })
    onTestFinished(() => app.close())
    app.get('/new', async () => 'secret')
    const statuses = await Promise.all(
      ['/new', `/new?token=${TOKEN}`].map(async (url) => (await app.inject({ url })).statusCode),
    )
    expect(statuses).toEqual([401, 200])
  })

  it('authorization - a target in absolute form is judged by the host that it names', async () => {
    const { gateway } = await started()
    const from = async (target: string, host: string) =>
      statusOf(await raw(gateway, { method: 'GET', target, headers: [`Host: ${host}`, 'Connection: close'] }))
    expect(await from('http://attacker.example/v1/stations', '127.0.0.1')).toBe(403)
    expect(await from('http://localhost/v1/stations', '127.0.0.1')).toBe(200)
    expect(await from('/v1/stations', 'attacker.example')).toBe(403)
  })

  it('authorization - no spelling of the WebSocket gets a line without the token', async () => {
    const { gateway } = await guarded()
    const handshake = [
      ...['Host: 127.0.0.1', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ]
    const frameOf = (answer: Buffer) => answer.subarray(answer.indexOf('\r\n\r\n') + 4)
    const upgraded = (target: string, headers = handshake) =>
      raw(gateway, { method: 'GET', target, headers }, (answer) => frameOf(answer).length >= 4)
    const open: string[] = []
    for (const [name, spelling] of Object.entries(SPELLINGS)) {
      const answer = await upgraded(spelling(STREAM_PATH))
      const frame = frameOf(answer)
      const closedAtOnce =
        statusOf(answer) === 101 && frame[0] === 0x88 && frame.readUInt16BE(2) === CLOSE_CODES.unauthorized
      if (statusOf(answer) < 400 && !closedAtOnce) open.push(`${name}: ${answer.toString('latin1')}`)
    }
    expect(open).toEqual([])
    expect(statusOf(await upgraded(STREAM_PATH, [...handshake, 'Host: 127.0.0.1']))).toBe(400)
    expect(gateway.clients()).toBe(0)
  })
})
