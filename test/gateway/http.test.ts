import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { memoryBus } from '../../src/bus/memory.ts'
import { deferred } from '../../src/domain/deferred.ts'
import { TickcastError } from '../../src/domain/errors.ts'
import { type Gateway, startGateway } from '../../src/gateway/gateway.ts'
import type { TickMessage } from '../../src/protocol/tick.ts'
import { forecastAt, pondMessage, pondWithTape, readingAt, score, status, verification } from './messages.ts'
import { started } from './started.ts'

async function get(gateway: Gateway, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${gateway.address}${path}`, { headers })
  return { status: response.status, type: response.headers.get('content-type'), body: await response.json() }
}

async function post(gateway: Gateway, path: string, { type, body }: { type: string; body: string }) {
  const response = await fetch(`${gateway.address}${path}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  })
  return { status: response.status, type: response.headers.get('content-type'), body: await response.json() }
}

const postTicks = (gateway: Gateway, ticks: unknown) =>
  post(gateway, '/v1/stations/pond/ticks', { type: 'application/json', body: JSON.stringify(ticks) })

async function startedWithTicks(options: Parameters<typeof started>[0] = {}) {
  const { bus, gateway } = await started(options)
  const ticks: TickMessage[] = []
  await bus.subscribe({ topic: 'tick' }, ({ message }) => void ticks.push(message))
  return { bus, gateway, ticks }
}

describe('http - reading', () => {
  it('http - replies that are worth it are compressed', async () => {
    const { bus, gateway } = await started()
    for (let n = 0; n < 400; n++) bus.publish('pond', 'reading', readingAt(n))
    const packed = await fetch(`${gateway.address}/v1/stations/pond/history`, {
      headers: { 'accept-encoding': 'gzip' },
    })
    expect(packed.headers.get('content-encoding')).toBe('gzip')
    expect((await packed.json()).readings).toHaveLength(400)
    const plain = await fetch(`${gateway.address}/v1/stations/pond/history`, {
      headers: { 'accept-encoding': 'identity' },
    })
    expect(plain.headers.get('content-encoding')).toBeNull()
  })

  it('http - stations are listed, and each is there by its id', async () => {
    const { gateway } = await started()
    expect((await get(gateway, '/v1/stations')).body).toEqual({ stations: [pondMessage] })
    expect((await get(gateway, '/v1/stations/pond')).body).toEqual(pondMessage)
    expect(await get(gateway, '/v1/stations/pool')).toEqual({
      status: 404,
      type: 'application/problem+json',
      body: {
        type: 'urn:tickcast:unknown_station',
        title: 'no station of that id',
        status: 404,
        detail: "no station 'pool' (known: pond)",
        code: 'unknown_station',
        temporary: false,
      },
    })
  })

  it.each([
    ['forecast', forecastAt(1)],
    ['score', score],
    ['status', status],
  ] as const)('http - the newest %s, and a problem before there is one', async (topic, message) => {
    const { bus, gateway } = await started()
    expect(await get(gateway, `/v1/stations/pond/${topic}`)).toMatchObject({
      status: 404,
      body: { code: 'nothing_yet', temporary: true, detail: `station 'pond' has no ${topic} yet` },
    })
    bus.publish('pond', topic, message)
    expect((await get(gateway, `/v1/stations/pond/${topic}`)).body).toEqual(message)
  })

  it('http - the scores in full are there for whoever asks for the detail', async () => {
    const { bus, gateway } = await started()
    bus.publish('pond', 'score', score)
    expect(await get(gateway, '/v1/stations/pond/score?detail=full')).toMatchObject({ status: 404 })
    bus.publish('pond', 'verification', verification)
    expect((await get(gateway, '/v1/stations/pond/score?detail=full')).body).toEqual(verification)
    expect((await get(gateway, '/v1/stations/pond/score')).body).toEqual(score)
    expect(await get(gateway, '/v1/stations/pond/score?detail=some')).toMatchObject({
      status: 400,
      body: { code: 'bad_request' },
    })
  })

  it('http - the history is what a chart begins with', async () => {
    const { bus, gateway } = await started()
    for (const n of [0, 1, 2]) bus.publish('pond', 'reading', readingAt(n))
    bus.publish('pond', 'forecast', forecastAt(0))
    const { body } = await get(gateway, '/v1/stations/pond/history?hours=24')
    expect(body).toEqual({
      readings: [0, 1, 2].map((n) => ({ event_time: readingAt(n).event_time, value: n, bridged: false })),
      forecasts: [forecastAt(0)],
    })
    expect(await get(gateway, '/v1/stations/pond/history?hours=soon')).toMatchObject({
      status: 400,
      body: { code: 'bad_request', detail: 'hours: "soon" breaks the rule: a number' },
    })
  })

  it('http - what is not there is a problem by name', async () => {
    const { gateway } = await started()
    expect(await get(gateway, '/v2/stations?x=1')).toMatchObject({
      status: 404,
      body: { code: 'not_found', detail: 'no GET /v2/stations' },
    })
    expect(await get(gateway, '/v1/stations/%ff')).toMatchObject({
      status: 400,
      type: 'application/problem+json',
      body: { code: 'bad_request', detail: "'/v1/stations/%ff' is not a valid url component" },
    })
  })
})

describe('http - a sensor that is real', () => {
  const path = '/v1/stations/pond/health/accept'
  const accept = async (gateway: Gateway, at = path) => {
    const response = await fetch(`${gateway.address}${at}`, { method: 'POST' })
    return { status: response.status, body: await response.json() }
  }

  it('http - the owner’s word goes the way of the ticks, and the reply tells the fault that is believed', async () => {
    const { bus, gateway, ticks } = await startedWithTicks()
    expect(await accept(gateway)).toEqual({ status: 202, body: { id: 'pond', accepted: null } })
    const fault = {
      fault: 'stuck' as const,
      ...{ since: '2020-06-01T12:00:00Z', masked: 3, value: 20.95, accepted: 20.95 },
    }
    await bus.publish('pond', 'status', {
      ...status,
      health: { state: 'stuck', fault, faults: 1, masked: 3 },
    })
    expect(await accept(gateway)).toEqual({ status: 202, body: { id: 'pond', accepted: fault } })
    expect(ticks).toMatchObject([
      { values: {}, health: 'accept' },
      { values: {}, health: 'accept' },
    ])
    expect(new Set(ticks.map(({ id }) => id)).size).toBe(2)
  })

  it('http - of a tape and of no station nothing is accepted', async () => {
    const { bus, gateway } = await started()
    expect(await accept(gateway, '/v1/stations/pool/health/accept')).toMatchObject({
      status: 404,
      body: { code: 'unknown_station' },
    })
    await bus.publish('pond', 'station', pondWithTape)
    expect(await accept(gateway)).toMatchObject({ status: 409, body: { code: 'under_replay' } })
  })
})

describe('http - live ticks', () => {
  it('http - both forms of a tick, its time in any zone, its channels by name or by column', async () => {
    const { gateway, ticks } = await startedWithTicks()
    const reply = await postTicks(gateway, [
      { event_time: '2020-06-01T10:00:00Z', values: { 'T (degC)': 3.1, humidity: 40 } },
      { time: '2020-06-01T10:10:00', 'T (degC)': 3.2, 'rh (%)': 41 },
      { 'Date Time': '01.06.2020 10:20:00', 'T (degC)': 3.3 },
      { 'T (degC)': 3.4 },
    ])
    expect(reply).toMatchObject({ status: 202, body: { accepted: 4, rejected: [], rejected_count: 0 } })
    expect(ticks.map(({ event_time, values }) => ({ event_time, values }))).toEqual([
      { event_time: '2020-06-01T10:00:00Z', values: { 'T (degC)': 3.1, humidity: 40 } },
      { event_time: '2020-06-01T09:10:00Z', values: { 'T (degC)': 3.2, humidity: 41 } },
      { event_time: '2020-06-01T09:20:00Z', values: { 'T (degC)': 3.3 } },
      { event_time: '2020-06-01T12:00:00Z', values: { 'T (degC)': 3.4 } },
    ])
    expect(new Set(ticks.map(({ id }) => id)).size).toBe(4)
    expect(ticks.every((tick) => tick.replay === undefined)).toBe(true)
  })

  it('http - NDJSON and CSV bring the same ticks as JSON', async () => {
    const { gateway, ticks } = await startedWithTicks()
    const path = '/v1/stations/pond/ticks'
    const ndjson =
      '{"time":"2020-06-01T10:00:00","T (degC)":3.1,"rh (%)":40}\n\n{"time":"2020-06-01T10:10:00","T (degC)":3.2}\n'
    const csv =
      '"Date Time","T (degC)","rh (%)"\r\n01.06.2020 10:00:00,3.1,40\r\n01.06.2020 10:10:00,3.2,\r\n'
    expect(await post(gateway, path, { type: 'application/x-ndjson', body: ndjson })).toMatchObject({
      body: { accepted: 2 },
    })
    expect(await post(gateway, path, { type: 'text/csv; charset=utf-8', body: csv })).toMatchObject({
      body: { accepted: 2 },
    })
    const seen = ticks.map(({ event_time, values }) => [
      event_time,
      values['T (degC)'],
      values['humidity'] ?? null,
    ])
    expect(seen.slice(2)).toEqual(seen.slice(0, 2))
  })

  it('http - rejected ticks are named in the reply, and go onto the bus with the others to be counted there', async () => {
    const { gateway, ticks } = await startedWithTicks()
    const reply = await postTicks(gateway, [
      { 'T (degC)': 3 },
      { 'T (degC)': 300 },
      { temperature: 3 },
      { event_time: 'yesterday', 'T (degC)': 3 },
      7,
    ])
    expect(reply.status).toBe(202)
    expect(reply.body).toEqual({
      accepted: 1,
      rejected_count: 4,
      rejected_by_reason: { out_of_limits: 1, unknown_field: 1, malformed: 2 },
      rejected: [
        { index: 1, field: 'T (degC)', value: 300, rule: '-60..60 degC', reason: 'out_of_limits' },
        {
          index: 2,
          field: 'temperature',
          value: 3,
          rule: 'one of T (degC), humidity',
          reason: 'unknown_field',
        },
        {
          index: 3,
          field: 'event_time',
          value: 'yesterday',
          rule: expect.stringContaining('a time written as iso'),
          reason: 'malformed',
        },
        {
          index: 4,
          field: 'body[4]',
          value: 7,
          rule: 'an object with a time and values',
          reason: 'malformed',
        },
      ],
      ignored: ['temperature'],
    })
    expect(ticks).toHaveLength(5)
  })

  it('http - what is refused only after other work is in the reply all the same, unless that takes long', async () => {
    const { bus, gateway } = await started()
    const newest = '2020-06-01T10:00:00Z'
    const release = deferred<void>()
    const judge = async (id: string, wait: Promise<void>) => {
      await wait
      const rejection = {
        tick: id,
        field: 'event_time',
        value: newest,
        rule: 'once',
        reason: 'duplicate',
      } as const
      await bus.publish('pond', 'rejected', {
        ...rejection,
        ...{ event_time: newest, rejected_at: newest, source: 'live' },
      })
    }
    let work = setTimeout(30)
    await bus.subscribe({ station: 'pond', topic: 'tick' }, ({ message }) => judge(message.id, work))
    const tick = { event_time: newest, 'T (degC)': 3 }
    expect((await postTicks(gateway, tick)).body).toMatchObject({ accepted: 0, rejected_count: 1 })
    work = release.promise
    expect((await postTicks(gateway, tick)).body).toMatchObject({ accepted: 1 })
    release.resolve()
  })

  it('http - what the pipeline refuses is in the reply with why, and with the way out where it is late', async () => {
    const { bus, gateway } = await started({ pipeline: false })
    const newest = '2020-06-01T10:00:00Z'
    // As the pipeline of this process does, within the tick.
    await bus.subscribe({ topic: 'tick' }, ({ message: { id, event_time } }) => {
      if (event_time >= newest) return
      const rule = `not older than the watermark ${newest}`
      const rejection = { tick: id, field: 'event_time', value: event_time, rule, reason: 'late' }
      bus.publish('pond', 'rejected', { ...rejection, event_time, rejected_at: newest, source: 'live' })
    })
    const late = Array.from({ length: 5000 }, (_, n) => ({
      event_time: new Date(Date.UTC(2019, 0, 1) + n * 600_000).toISOString(),
      'T (degC)': n === 7 ? 99 : 3,
    }))
    const [all, some] = await Promise.all([
      postTicks(gateway, late),
      postTicks(gateway, [{ event_time: newest, 'T (degC)': 3 }, late[0]]),
    ])
    expect(all).toMatchObject({
      status: 422,
      body: {
        code: 'rejected',
        detail: expect.stringMatching(/not older than the watermark .*`tickcast learn --data FILE/),
        rejected_count: 5000,
        rejected_by_reason: { late: 4999, out_of_limits: 1 },
      },
    })
    expect(all.body.rejected).toHaveLength(20)
    expect(some).toMatchObject({
      status: 202,
      body: {
        accepted: 1,
        rejected_count: 1,
        rejected_by_reason: { late: 1 },
        rejected: [{ index: 1, field: 'event_time', reason: 'late' }],
        advice: expect.stringContaining('--lateness'),
      },
    })
  })

  it('http - a body of which every tick is rejected is a problem that names the first; at most 20 are listed', async () => {
    const { gateway, ticks } = await startedWithTicks()
    const reply = await postTicks(
      gateway,
      Array.from({ length: 30 }, () => ({ 'T (degC)': 99 })),
    )
    expect(reply).toMatchObject({
      status: 422,
      type: 'application/problem+json',
      body: {
        code: 'rejected',
        detail: 'T (degC): 99 breaks the rule: -60..60 degC',
        accepted: 0,
        rejected_count: 30,
      },
    })
    expect(reply.body.rejected).toHaveLength(20)
    expect(ticks).toHaveLength(30)
  })

  it.each([
    ['no JSON', 'application/json', '{"T (degC)":', 400, 'bad_json'],
    ['an empty array', 'application/json', '[]', 400, 'bad_request'],
    ['nothing', 'application/json', '', 400, 'bad_request'],
    ['an empty table', 'text/csv', '', 400, 'bad_request'],
    ['a table of something else', 'text/csv', 'a,b\n1,2\n', 400, 'bad_request'],
    ['a picture', 'image/png', 'x', 415, 'unsupported_media_type'],
    ['three megabytes', 'text/csv', 'x'.repeat(3 * 1024 * 1024), 413, 'too_large'],
    ['five thousand ticks and one', 'application/json', `[${'7,'.repeat(5_000)}7]`, 413, 'too_large'],
  ])('http - a body of %s is a problem', async (_what, type, body, wanted, code) => {
    const { gateway, ticks } = await startedWithTicks()
    const reply = await post(gateway, '/v1/stations/pond/ticks', { type, body })
    expect(reply).toMatchObject({ status: wanted, type: 'application/problem+json', body: { code } })
    expect(ticks).toEqual([])
  })

  it('http - ticks nested without end, and numbers that are none, are rejected like any other', async () => {
    const { gateway } = await startedWithTicks()
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    for (const [body, detail] of [
      [deep, 'body[0]: "nested more than 32 levels deep" breaks the rule: an object with a time and values'],
      [`{"T (degC)":${deep}}`, 'T (degC): "nested more than 32 levels deep" breaks the rule: a number'],
      ['{"time":1e999,"T (degC)":4}', 'time: "Infinity" breaks the rule: a time written as iso'],
    ] as const) {
      const reply = await post(gateway, '/v1/stations/pond/ticks', { type: 'application/json', body })
      expect(reply).toMatchObject({ status: 422, body: { code: 'rejected' } })
      expect(reply.body.detail).toContain(detail)
    }
  })

  it('http - a station under replay takes no live ticks, and says where they may go', async () => {
    const { bus, gateway, ticks } = await startedWithTicks()
    bus.publish('pond', 'station', pondWithTape)
    expect(await postTicks(gateway, { 'T (degC)': 3 })).toMatchObject({
      status: 409,
      body: {
        code: 'under_replay',
        temporary: false,
        detail: expect.stringMatching(/^a tape is played of 'pond', .*tickcast start --live --station FILE/),
      },
    })
    bus.publish('pool', 'station', { ...pondMessage, id: 'pool' })
    expect((await postTicks(gateway, { 'T (degC)': 3 })).body.detail).toContain(
      'send them to a live station: pool',
    )
    expect(ticks).toEqual([])
    bus.publish('pond', 'station', pondMessage)
    expect(await postTicks(gateway, { 'T (degC)': 3 })).toMatchObject({ status: 202 })
    expect(ticks).toHaveLength(1)
  })

  it('http - ticks are taken once a pipeline stands that takes them in, and none is lost before', async () => {
    const { bus, gateway } = await started({ pipeline: false })
    const send = () =>
      fetch(`${gateway.address}/v1/stations/pond/ticks`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"T (degC)":3}',
      })
    const early = await send()
    expect({ status: early.status, ...((await early.json()) as object) }).toMatchObject({
      ...{ status: 503, code: 'busy', temporary: true },
      detail: "the pipeline of 'pond' is not ready yet: send the ticks again in a moment",
    })
    await bus.subscribe({ station: 'pond', topic: 'tick' }, () => undefined)
    expect((await send()).status).toBe(202)
  })

  it('http - ticks of a station that is still being taken up are to be sent again; of one that never comes, not', async () => {
    let starting: string | undefined = "the pipeline of 'pool' is not ready yet"
    const { gateway } = await started({ starting: () => starting })
    const send = async (id: string) => {
      const reply = await fetch(`${gateway.address}/v1/stations/${id}/ticks`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"T (degC)":3}',
      })
      return { status: reply.status, ...((await reply.json()) as object) }
    }
    expect(await send('pool')).toMatchObject({
      ...{ status: 503, code: 'busy', temporary: true },
      detail: "the pipeline of 'pool' is not ready yet: send the ticks again in a moment",
    })
    expect(await send('pond')).toMatchObject({ status: 202 })
    starting = undefined
    expect(await send('pool')).toMatchObject({ status: 404, code: 'unknown_station' })
  })

  it('http - a bus that takes no ticks is busy, for now', async () => {
    const working = memoryBus({ onError: () => undefined })
    // A server's bus keeps what is published while it is away, and fails when it is closed; the one in process does neither.
    let healthError: string | undefined
    const bus = {
      ...working,
      healthError: () => healthError,
      publish: ((station, topic, message) => {
        if (topic !== 'tick') return working.publish(station, topic, message)
        return healthError === undefined
          ? Promise.reject(new Error('it is closed'))
          : new Promise(() => undefined)
      }) satisfies typeof working.publish,
    }
    const { gateway } = await started({ bus })
    for (const why of [undefined, 'disconnected']) {
      healthError = why
      const detail = expect.stringContaining(why ?? 'it is closed')
      expect(await postTicks(gateway, { 'T (degC)': 3 })).toMatchObject({
        status: 503,
        body: { code: 'busy', detail, temporary: true },
      })
    }
  })
})

describe('http - ticks over a server', () => {
  it('http - ticks are accepted once the server has stored them', async () => {
    const working = memoryBus({ onError: () => undefined })
    let stored = (): void => undefined
    const flush = () =>
      new Promise<void>((resolve) => {
        stored = resolve
      })
    const { gateway } = await started({ bus: { ...working, kind: 'nats', flush } })
    let answered = false
    const reply = postTicks(gateway, { 'T (degC)': 3 }).finally(() => {
      answered = true
    })
    await setTimeout(50)
    expect(answered).toBe(false)
    stored()
    expect((await reply).status).toBe(202)
  })
})

describe('http - the tape', () => {
  it('http - a tape is operated; a live station has none', async () => {
    const { bus, gateway } = await started()
    const command = { type: 'application/json', body: '{"pause":true}' }
    const path = '/v1/stations/pond/replay'
    expect(await post(gateway, path, command)).toMatchObject({ status: 409, body: { code: 'no_replay' } })
    bus.publish('pond', 'station', pondWithTape)
    // Announced, and its process away: that may pass.
    expect(await post(gateway, path, command)).toMatchObject({
      status: 503,
      body: { code: 'busy', temporary: true },
    })
    const stands = { session: 's1', speed: 'max' as const, paused: true, loop: false, ended: false }
    const tape = { ...stands, position: null, first: null, last: null, rows: 3 }
    await bus.onControl('pond', async (asked) => ({ result: { ...tape, paused: asked.pause === true } }))
    expect(await post(gateway, path, command)).toMatchObject({ status: 200, body: tape })
    expect(await post(gateway, path, { ...command, body: '{"pause":1}' })).toMatchObject({
      status: 400,
      body: { detail: 'pause: 1 breaks the rule: one of true' },
    })
    expect(await post(gateway, path, { ...command, body: '{"pause"' })).toMatchObject({
      body: { code: 'bad_json' },
    })
  })
})

describe('http - health', () => {
  it('http - ready only while every check and the bus say so, with reasons', async () => {
    let wrong: string | undefined
    const working = memoryBus({ onError: () => undefined })
    const bus = { ...working, healthError: () => (wrong === undefined ? undefined : 'the bus is away') }
    const { gateway } = await started({ bus, checks: [() => wrong] })
    expect((await get(gateway, '/livez')).status).toBe(200)
    expect(await get(gateway, '/readyz')).toMatchObject({ status: 200 })
    wrong = 'no reading for an hour'
    expect(await get(gateway, '/readyz')).toMatchObject({
      status: 503,
      body: { reasons: ['the bus is away', 'no reading for an hour'] },
    })
    expect((await get(gateway, '/livez')).status).toBe(200)
  })

  it('http - metrics count what the pipeline says and what the gateway did', async () => {
    const { bus, gateway } = await started()
    bus.publish('pond', 'status', status)
    bus.publish('pond', 'forecast', forecastAt(0))
    bus.publish('pond', 'score', score)
    const text = await (await fetch(`${gateway.address}/metrics`)).text()
    const lines = text.split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        'tickcast_ticks_total{station="pond"} 7',
        'tickcast_readings_total{station="pond"} 5',
        'tickcast_rejected_total{station="pond",reason="late"} 2',
        'tickcast_forecasts_total{station="pond"} 3',
        'tickcast_clients 0',
        'tickcast_pushes_total{topic="reading"} 0',
        'tickcast_mean_absolute_error{station="pond",model="mixture",lead_hours="24",window="7d",unit="degC"} 2.2',
        'tickcast_mean_absolute_error{station="pond",model="persistence",lead_hours="24",window="1d",unit="degC"} 2.5',
      ]),
    )
    for (const standard of ['process_resident_memory_bytes', 'nodejs_eventloop_lag_seconds'])
      expect(lines.some((line) => line.startsWith(`${standard} `))).toBe(true)
    const ours = /^(# (HELP|TYPE) )?(tickcast|process|nodejs)_/
    expect(lines.filter((line) => line !== '' && !ours.test(line))).toEqual([])
  })
})

describe('http - access', () => {
  it('http - with a token the data is closed; the page and the probes are not', async () => {
    const { gateway } = await started({ token: 'secret' })
    for (const path of ['/v1/stations', '/metrics', '/v1/stations/pond/history']) {
      expect(await get(gateway, path)).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
    }
    expect((await get(gateway, '/livez')).status).toBe(200)
    expect((await get(gateway, '/v1/stations', { authorization: 'Bearer secret' })).status).toBe(200)
    expect((await get(gateway, '/v1/stations?token=secret')).status).toBe(200)
  })

  it('http - no page of another site may write, and none may read by a name that points here', async () => {
    const { gateway } = await started()
    const statusOf = (options: { method: string; headers: Record<string, string> }) =>
      new Promise((resolve) => {
        const asked = request(`${gateway.address}/v1/stations/pond/ticks`, options, (response) => {
          response.resume()
          resolve(response.statusCode)
        })
        asked.end('{"T (degC)":3}')
      })
    const headers = { 'content-type': 'application/json' }
    expect(
      await statusOf({ method: 'POST', headers: { ...headers, origin: 'https://attacker.example' } }),
    ).toBe(403)
    expect(await statusOf({ method: 'POST', headers: { ...headers, host: 'attacker.example' } })).toBe(403)
    expect(await statusOf({ method: 'POST', headers })).toBe(202)
  })

  it('http - a taken port is an error that says what to do, and leaves nothing behind', async () => {
    const { bus, gateway } = await started()
    const second = startGateway({ bus, host: '127.0.0.1', port: gateway.port })
    await expect(second).rejects.toThrow(TickcastError)
    await expect(second).rejects.toThrow(
      `port ${gateway.port} on 127.0.0.1 is taken: choose another with --port`,
    )
  })

  it('http - an address that lets others in needs a token', async () => {
    const { bus } = await started()
    await expect(startGateway({ bus, host: '0.0.0.0', port: 0 })).rejects.toMatchObject({ code: 'usage' })
  })
})

describe('http - the page', () => {
  it('http - is served from its folder alone, and may fetch nothing from elsewhere', async () => {
    const pageDir = await mkdtemp(join(tmpdir(), 'tickcast-page-'))
    onTestFinished(() => rm(pageDir, { recursive: true }))
    await writeFile(join(pageDir, 'index.html'), '<title>pond</title>')
    const { gateway } = await started({ pageDir, token: 'secret' })
    const page = await fetch(`${gateway.address}/`)
    expect([page.status, await page.text()]).toEqual([200, '<title>pond</title>'])
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
    expect((await get(gateway, '/..%2f..%2fetc/passwd')).status).toBeGreaterThanOrEqual(400)
    expect((await get(gateway, '/missing.js')).body).toMatchObject({ code: 'unauthorized' })
    expect((await get(gateway, '/missing.js?token=secret')).body).toMatchObject({ code: 'not_found' })
  })
})
