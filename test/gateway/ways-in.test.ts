import { gzipSync } from 'node:zlib'
import { InfluxDB, Point } from '@influxdata/influxdb-client'
import { describe, expect, it } from 'vitest'
import type { Gateway } from '../../src/gateway/gateway.ts'
import type { TickMessage } from '../../src/protocol/tick.ts'
import { pondMessage, pondWithTape } from './messages.ts'
import { started } from './started.ts'

async function withTicks(options: Parameters<typeof started>[0] = {}) {
  const { bus, gateway } = await started(options)
  await bus.publish('pond', 'station', { ...pondMessage, known_as: ['weather', 'KPOND1', 'A1B2C3'] })
  const ticks: TickMessage[] = []
  await bus.subscribe({ topic: 'tick' }, ({ message }) => void ticks.push(message))
  return { bus, gateway, seen: () => ticks.map(({ event_time, values }) => ({ event_time, values })) }
}

async function write(
  gateway: Gateway,
  lines: string | Buffer,
  {
    path = '/api/v2/write?org=o&bucket=b&precision=s',
    headers = {},
  }: { path?: string; headers?: object } = {},
) {
  const response = await fetch(`${gateway.address}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
    body: typeof lines === 'string' ? lines : new Uint8Array(lines),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? '' : JSON.parse(text) }
}

const at = Date.UTC(2020, 5, 1, 10) / 1_000

describe('ways in - line protocol', () => {
  it.each(['/api/v2/write?org=o&bucket=b&precision=s', '/write?db=d&precision=s'])(
    'ways in - %s takes points, packed as Telegraf sends them, and answers 204',
    async (path) => {
      const { gateway, seen } = await withTicks()
      const lines = `weather,host=pi T\\ (degC)=3.1,rh\\ (%)=40i ${at}\npond T\\ (degC)=3.2 ${at + 600}\nx,station=pond T\\ (degC)=3.3,battery=2.9 ${at + 1200}\n`
      const reply = await write(gateway, gzipSync(lines), { path, headers: { 'content-encoding': 'gzip' } })
      expect([reply.status, reply.body]).toEqual([204, ''])
      expect(reply.headers.get('x-ignored-fields')).toBe('battery')
      expect(seen()).toEqual([
        { event_time: '2020-06-01T10:00:00Z', values: { 'T (degC)': 3.1, humidity: 40 } },
        { event_time: '2020-06-01T10:10:00Z', values: { 'T (degC)': 3.2 } },
        { event_time: '2020-06-01T10:20:00Z', values: { 'T (degC)': 3.3 } },
      ])
    },
  )

  it.each([
    ['', `${at}000000000`],
    ['&precision=ns', `${at}000000000`],
    ['&precision=us', `${at}000000`],
    ['&precision=u', `${at}000000`],
    ['&precision=ms', `${at}000`],
    ['&precision=s', `${at}`],
    ['&precision=m', `${at / 60}`],
    ['&precision=h', `${at / 3_600}`],
  ])('ways in - a timestamp counts what precision says: %s', async (precision, stamp) => {
    const { gateway, seen } = await withTicks()
    const path = `/api/v2/write?bucket=b${precision}`
    expect((await write(gateway, `pond T\\ (degC)=3 ${stamp}`, { path })).status).toBe(204)
    expect(seen()).toMatchObject([{ event_time: '2020-06-01T10:00:00Z' }])
  })

  it('ways in - fields of one moment are one reading, and a point without a timestamp is of now', async () => {
    const { gateway, seen } = await withTicks()
    const lines = `pond T\\ (degC)=3.1 ${at}\npond rh\\ (%)=40 ${at}\npond T\\ (degC)=3.4`
    expect((await write(gateway, lines)).status).toBe(204)
    expect(seen()).toEqual([
      { event_time: '2020-06-01T10:00:00Z', values: { 'T (degC)': 3.1, humidity: 40 } },
      { event_time: '2020-06-01T12:00:00Z', values: { 'T (degC)': 3.4 } },
    ])
  })

  it('ways in - of a body what is right is taken, and what is not is named by its line', async () => {
    const { gateway, seen } = await withTicks()
    const lines = [
      `pond T\\ (degC)=3.1 ${at}`,
      `cpu usage=3 ${at}`,
      `pond T\\ (degC)=300 ${at + 600}`,
      'pond T 7',
      `pond T\\ (degC)=3.2,rh\\ (%)="wet" ${at + 1200}`,
    ]
    const reply = await write(gateway, lines.join('\n'))
    expect(reply).toMatchObject({ status: 400, body: { code: 'invalid' } })
    expect(reply.body.error).toBe(reply.body.message)
    for (const part of [
      /^partial write: line 2: no station 'cpu' \(known: pond\); /,
      /line 3: pond: T \(degC\): 300 breaks the rule: -60\.\.60 degC; /,
      /line 4: unable to parse 'pond T 7': each field is a key, = and a value; /,
      /line 5: pond: humidity: "wet" breaks the rule: a number/,
      / dropped=4$/,
    ])
      expect(reply.body.message).toMatch(part)
    expect(seen().map(({ values }) => values['T (degC)'])).toEqual([3.1, 300, 3.2])
  })

  it('ways in - of a point that no channel reads a field is named, not a label', async () => {
    const { gateway } = await withTicks()
    const reply = await write(gateway, `weather,host=pi battery=2.9 ${at}`)
    expect(reply.body.message).toMatch(
      /line 1: pond: battery: 2\.9 breaks the rule: one of T \(degC\), humidity/,
    )
  })

  it('ways in - a station under replay costs its lines alone', async () => {
    const { bus, gateway, seen } = await withTicks()
    await bus.publish('pool', 'station', { ...pondMessage, id: 'pool' })
    const lines = `pond T\\ (degC)=3.1 ${at}\npool T\\ (degC)=3.1 ${at}`
    await bus.publish('pool', 'station', { ...pondWithTape, id: 'pool' })
    const partly = await write(gateway, lines)
    expect(partly.body.message).toContain("line 2: a tape is played of 'pool'")
    expect(seen()).toHaveLength(1)
  })

  it('ways in - before a pipeline stands nothing is taken and Retry-After says when', async () => {
    const { gateway } = await started({ pipeline: false })
    const reply = await write(gateway, `pond T\\ (degC)=3.1 ${at}`)
    expect(reply).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    expect(reply.headers.get('retry-after')).toBe('1')
  })

  it('ways in - a client of InfluxDB writes, packed, and is told what was dropped', async () => {
    const { gateway, seen } = await withTicks({ token: 'sesame' })
    const client = new InfluxDB({ url: gateway.address, token: 'sesame' })
    const written = async (points: readonly Point[]) => {
      let error: unknown
      const writer = client.getWriteApi('o', 'b', 's', {
        gzipThreshold: 0,
        maxRetries: 0,
        writeFailed: (cause) => {
          error = cause
          return Promise.resolve()
        },
      })
      writer.writePoints([...points])
      await writer.close()
      return error
    }
    const good = new Point('weather').tag('host', 'a b').floatField('T (degC)', 3.1).timestamp(at)
    expect(await written([good])).toBeUndefined()
    expect(seen()).toEqual([{ event_time: '2020-06-01T10:00:00Z', values: { 'T (degC)': 3.1 } }])
    expect(await written([new Point('cpu').intField('usage', 3).timestamp(at)])).toMatchObject({
      statusCode: 400,
      json: { code: 'invalid', message: "partial write: line 1: no station 'cpu' (known: pond) dropped=1" },
    })
  })

  it.each([
    ['nothing', '', {}, 400, 'the body holds no point'],
    ['no gzip', 'x', { 'content-encoding': 'gzip' }, 400, 'the body is no gzip'],
    ['an unknown packing', 'x', { 'content-encoding': 'br' }, 415, "content-encoding 'br': gzip"],
    [
      'more than fits once unpacked',
      gzipSync('x'.repeat(3 * 1024 * 1024)),
      { 'content-encoding': 'gzip' },
      413,
      'over 2097152 bytes once it is unpacked',
    ],
    ['too many lines', 'pond t=1\n'.repeat(5_001), {}, 413, 'more than 5000 lines in one body'],
  ])('ways in - %s is refused in words', async (_what, lines, headers, status, message) => {
    const { gateway, seen } = await withTicks()
    const reply = await write(gateway, lines, { headers })
    expect(reply).toMatchObject({ status, body: { message: expect.stringContaining(message) } })
    expect(seen()).toEqual([])
  })

  it('ways in - a wrong precision names those there are', async () => {
    const { gateway } = await withTicks()
    const reply = await write(gateway, 'pond t=1', { path: '/write?precision=days' })
    expect(reply.body.message).toBe('precision: "days" breaks the rule: one of ns, n, us, u, ms, s, m, h')
  })
})

describe('ways in - consoles', () => {
  it('ways in - a console that speaks to Weather Underground is read by its ID', async () => {
    const { gateway, seen } = await withTicks()
    const said = new URLSearchParams({
      ...{ ID: 'KPOND1', PASSWORD: 'x', dateutc: '2020-06-01 10:02:3', 'T (degC)': '3.1', 'rh (%)': '40' },
      ...{ softwaretype: 'EasyWeather', action: 'updateraw', winddir: '120' },
    })
    const reply = await fetch(`${gateway.address}/weatherstation/updateweatherstation.php?${said}`)
    expect([reply.status, await reply.text()]).toEqual([200, 'success\n'])
    said.set('dateutc', 'now')
    said.set('T (degC)', '-9999')
    const masked = await fetch(`${gateway.address}/weatherstation/updateweatherstation.php?${said}`)
    expect(masked.status).toBe(200)
    expect(seen()).toEqual([
      { event_time: '2020-06-01T10:02:03Z', values: { 'T (degC)': 3.1, humidity: 40 } },
      { event_time: '2020-06-01T12:00:00Z', values: { 'T (degC)': -9999, humidity: 40 } },
    ])
  })

  it("ways in - Ecowitt's form is read by its PASSKEY, or by ?station=", async () => {
    const { gateway, seen } = await withTicks()
    const form = new URLSearchParams({
      ...{ PASSKEY: 'A1B2C3', stationtype: 'GW2000A', dateutc: '2020-06-01 10:00:00', 'T (degC)': '3.1' },
    })
    const post = (path: string) => fetch(`${gateway.address}${path}`, { method: 'POST', body: form })
    expect((await post('/data/report/')).status).toBe(200)
    form.set('PASSKEY', 'other')
    expect(await (await post('/data/report')).json()).toMatchObject({
      code: 'unknown_station',
      detail: "no station 'other' (known: pond)",
    })
    expect((await post('/data/report/?station=pond')).status).toBe(200)
    expect(seen()).toHaveLength(2)
  })

  it('ways in - what a console sends that is wrong is refused as ticks are', async () => {
    const { gateway } = await withTicks()
    const upload = async (query: string) => {
      const reply = await fetch(`${gateway.address}/weatherstation/updateweatherstation.php?${query}`)
      return { status: reply.status, ...((await reply.json()) as { detail: string }) }
    }
    expect(await upload('ID=pond&dateutc=now&T%20(degC)=300')).toMatchObject({
      ...{ status: 422, code: 'rejected', detail: 'T (degC): 300 breaks the rule: -60..60 degC' },
    })
    expect(await upload('ID=pond&dateutc=soon&T%20(degC)=3')).toMatchObject({
      status: 422,
      detail: expect.stringMatching(/^event_time: "soon" breaks the rule: a time written as iso/),
    })
    expect(await upload('dateutc=now')).toMatchObject({ status: 400, code: 'bad_request' })
  })
})

describe('ways in - who may', () => {
  it.each([
    ['Token', '/api/v2/write', { authorization: 'Token sesame' }],
    ['Bearer', '/api/v2/write', { authorization: 'Bearer sesame' }],
    ['Basic', '/write', { authorization: `Basic ${Buffer.from('me:sesame').toString('base64')}` }],
    ['p', '/write?u=me&p=sesame', {}],
  ])('ways in - the token goes as %s', async (_how, path, headers) => {
    const { gateway } = await withTicks({ token: 'sesame' })
    expect((await write(gateway, 'pond T\\ (degC)=3', { path, headers })).status).toBe(204)
  })

  it('ways in - without it clients of InfluxDB are told in their words, and consoles give a PASSWORD', async () => {
    const { gateway } = await withTicks({ token: 'sesame' })
    expect(await write(gateway, 'pond t=3')).toMatchObject({
      status: 401,
      body: { code: 'unauthorized', message: expect.stringContaining('a token is needed') },
    })
    const upload = (password: string) =>
      fetch(
        `${gateway.address}/weatherstation/updateweatherstation.php?ID=pond&PASSWORD=${password}&T%20(degC)=3`,
      )
    expect((await upload('wrong')).status).toBe(401)
    expect((await upload('sesame')).status).toBe(200)
  })
})

describe('ways in - lists within', () => {
  const post = (gateway: Gateway, body: unknown) =>
    fetch(`${gateway.address}/v1/stations/pond/ticks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const wrapped = { status: 'ok', result: { data: [{ 'T (degC)': 3.1 }, { 'T (degC)': 300 }] } }

  it('ways in - a list of ticks within is refused with the key that says where it stands', async () => {
    const { gateway } = await withTicks()
    const reply = await post(gateway, wrapped)
    expect(reply.status).toBe(422)
    expect((await reply.json()).detail).toBe(
      'result.data: "a list of 2" breaks the rule: a tick, or a list of them; where they stand in a list within, ' +
        'the station file says so: table: { rows: result.data }',
    )
  })

  it('ways in - it is read where the station file says so', async () => {
    const { bus, gateway } = await withTicks()
    await bus.publish('pond', 'station', { ...pondMessage, layout: { rows: 'result.data' } })
    const reply = await post(gateway, wrapped)
    expect([reply.status, await reply.json()]).toMatchObject([202, { accepted: 1, rejected: [{ index: 1 }] }])
    expect((await post(gateway, { 'T (degC)': 3.1 })).status).toBe(202)
  })
})

describe('ways in - two sensors and no word which is meant', () => {
  const ticks = (ids: readonly string[]) =>
    [0, 1, 2, 3].map((turn) => ({
      time: new Date(1_000 * (at + 300 * turn)).toISOString(),
      node: ids[turn % 2],
      'T (degC)': 3 + turn,
    }))
  /** By the pond's clock. */
  const localStamp = (time: string) => new Date(Date.parse(time) + 3_600_000).toISOString()
  const csv = (of: readonly { time: string; node: string | undefined; 'T (degC)': number }[]) =>
    `Date Time;node;T (degC)\n${of.map((tick) => `${localStamp(tick.time).replace(/^(....)-(..)-(..)T(.{8}).*/, '$3.$2.$1 $4')};${tick.node};${tick['T (degC)']}`).join('\n')}\n`
  const forms = {
    'application/json': (of: ReturnType<typeof ticks>) => JSON.stringify(of),
    'application/x-ndjson': (of: ReturnType<typeof ticks>) =>
      of.map((tick) => JSON.stringify(tick)).join('\n'),
    'text/csv': csv,
  }
  const post = async (gateway: Gateway, type: string, body: string) => {
    const headers = { 'content-type': type }
    const reply = await fetch(`${gateway.address}/v1/stations/pond/ticks`, { method: 'POST', headers, body })
    return { status: reply.status, ...((await reply.json()) as { detail?: string; accepted?: number }) }
  }

  it.each(Object.entries(forms))('ways in - a body of both is refused whole: %s', async (type, form) => {
    const { gateway } = await withTicks()
    expect(await post(gateway, type, form(ticks(['a', 'b'])))).toMatchObject({
      status: 422,
      detail: expect.stringMatching(
        /^node: "a" breaks the rule: .*node is 'a', 'b'; .*where: \{ node: "a" \}, or a list where/,
      ),
    })
  })

  it('ways in - so are ticks that come one by one, whatever the way, and points of line protocol', async () => {
    const { gateway } = await withTicks()
    const [first, second, third] = ticks(['a', 'b'])
    expect(await post(gateway, 'application/json', JSON.stringify(first))).toMatchObject({ status: 202 })
    expect(await post(gateway, 'text/csv', csv([second!]))).toMatchObject({ status: 202 })
    expect(await post(gateway, 'application/json', JSON.stringify(third))).toMatchObject({ status: 422 })
    const points = `pond,node=c T\\ (degC)=1 ${at + 900}\npond,node=d T\\ (degC)=2 ${at + 900}`
    expect((await write(gateway, points)).body.message).toContain('the station file must say whose are meant')
  })

  it('ways in - two measurements of known_as that say one field by turns are one where a list says so', async () => {
    const write6 = async (where?: object) => {
      const { bus, gateway } = await started()
      await bus.subscribe({ topic: 'tick' }, () => undefined)
      const [channel, ...others] = pondMessage.channels
      const channels = [{ ...channel!, ...where }, ...others]
      await bus.publish('pond', 'station', { ...pondMessage, channels, known_as: ['weather', 'sensors'] })
      const names = ['weather', 'sensors', 'weather', 'sensors', 'weather', 'sensors']
      return await write(gateway, names.map((name, n) => `${name} T\\ (degC)=${n} ${at + 60 * n}`).join('\n'))
    }
    expect((await write6()).body.message).toContain(
      'where: { _measurement: "sensors" }, or a list where several are names of one sensor',
    )
    expect(await write6({ where: { _measurement: ['weather', 'sensors'] } })).toMatchObject({ status: 204 })
  })
})
