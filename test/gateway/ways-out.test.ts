import { describe, expect, it } from 'vitest'
import { HOUR } from '../../src/domain/instant.ts'
import { chartRows, thinned } from '../../src/gateway/chart-rows.ts'
import type { Gateway } from '../../src/gateway/gateway.ts'
import { forecastAt, noon, pondWithTape, readingAt, score } from './messages.ts'
import { openLine, started } from './started.ts'

async function got(gateway: Gateway, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${gateway.address}${path}`, { headers })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

describe('ways out - tables', () => {
  it('ways out - the newest forecast and scores are tables for who accepts CSV', async () => {
    const { bus, gateway } = await started()
    bus.publish('pond', 'forecast', forecastAt(1))
    bus.publish('pond', 'score', score)
    const forecast = await got(gateway, '/v1/stations/pond/forecast', { accept: 'text/csv' })
    expect(forecast.headers.get('content-type')).toMatch(/^text\/csv/)
    const [head, first, ...rest] = forecast.text.trimEnd().split('\n')
    expect(head).toMatch(/^issued_at,valid_at,lead,mean,q05,/)
    expect(first).toMatch(/^2020-06-01T13:00:00Z,2020-06-01T14:00:00Z,1,1,0\.05,/)
    expect(rest).toHaveLength(23)
    const scores = await got(gateway, '/v1/stations/pond/score', { accept: 'text/csv' })
    expect(scores.text).toContain('2020-06-01T12:00:00Z,mixture,mae,24,1d,1.9,live')
    expect((await got(gateway, '/v1/stations/pond/forecast', { accept: 'image/png' })).status).toBe(406)
    const json = await got(gateway, '/v1/stations/pond/forecast', { accept: '*/*' })
    expect(JSON.parse(json.text)).toEqual(forecastAt(1))
  })
})

describe('ways out - chart', () => {
  it('ways out - flat rows of what was observed and forecast, by milliseconds', async () => {
    const { bus, gateway } = await started()
    for (const n of [0, 6, 12]) bus.publish('pond', 'reading', readingAt(n))
    bus.publish('pond', 'forecast', forecastAt(0))
    bus.publish('pond', 'forecast', forecastAt(1))
    const { text } = await got(gateway, `/v1/stations/pond/chart?from=${noon}&to=${noon + 4 * HOUR}&lead=1`)
    const at = (hour: number) => new Date(noon + hour * HOUR).toISOString()
    const none = { mean: null, q05: null, q95: null }
    expect(JSON.parse(text)).toEqual([
      { time: at(0), observed: 0, ...none },
      { time: at(1), observed: 6, mean: 0, q05: 0.05, q95: 0.95 },
      { time: at(2), observed: 12, mean: 1, q05: 0.05, q95: 0.95 },
    ])
    const ahead = JSON.parse((await got(gateway, '/v1/stations/pond/chart')).text)
    expect(ahead.at(-1)).toEqual({ time: at(24), observed: null, mean: 1, q05: 0.05, q95: 0.95 })
  })

  it('ways out - the rows of a chart are a table for who accepts CSV', async () => {
    const { bus, gateway } = await started()
    for (const n of [0, 6]) bus.publish('pond', 'reading', readingAt(n))
    bus.publish('pond', 'forecast', forecastAt(0))
    const path = `/v1/stations/pond/chart?from=${noon}&to=${noon + 2 * HOUR}&lead=1`
    const table = await got(gateway, path, { accept: 'text/csv' })
    expect(table.headers.get('content-type')).toBe('text/csv')
    expect(table.headers.get('vary')).toContain('accept')
    expect(table.text).toBe(
      'time,observed,mean,q05,q95\n2020-06-01T12:00:00Z,0,,,\n2020-06-01T13:00:00Z,6,0,0.05,0.95\n',
    )
    const none = await got(gateway, `/v1/stations/pond/chart?from=0&to=1`, { accept: 'text/csv' })
    expect(none.text).toBe('time,observed,mean,q05,q95\n')
    expect((await got(gateway, path, { accept: 'image/png' })).status).toBe(406)
  })

  it('ways out - on a tape now is where the tape is', async () => {
    const { bus, gateway } = await started({ now: () => noon + 10_000 * HOUR })
    await bus.publish('pond', 'station', pondWithTape)
    bus.publish('pond', 'reading', readingAt(0))
    expect(JSON.parse((await got(gateway, '/v1/stations/pond/chart')).text)).toHaveLength(1)
  })

  it.each([
    ['from=soon', 'from: "soon" breaks the rule: milliseconds since 1970, or RFC 3339 with a zone'],
    ['from=2&to=1', 'to: "1" breaks the rule: later than from'],
    ['from=0&to=1590000000000', 'from: "0" breaks the rule: at most 31 days before to'],
    ['lead=25', 'lead: "25" breaks the rule'],
  ])('ways out - a chart of %s is refused in words', async (query, detail) => {
    const { gateway } = await started()
    const reply = await got(gateway, `/v1/stations/pond/chart?${query}`)
    expect([reply.status, JSON.parse(reply.text).detail]).toEqual([400, expect.stringContaining(detail)])
  })

  it('ways out - what a chart cannot show is left out evenly, the newest never', () => {
    const all = Array.from({ length: 101 }, (_, n) => n)
    expect(thinned(all, 50)).toEqual(all.filter((n) => (100 - n) % 3 === 0))
    expect(thinned(all, 101)).toBe(all)
    expect(chartRows({ readings: [], forecasts: [], lead: 1, from: 0, to: 1 })).toEqual([])
  })
})

describe('ways out - pages of elsewhere', () => {
  const ORIGIN = 'https://home.example'

  it('ways out - a page of elsewhere may ask and read where it was allowed, and not otherwise', async () => {
    const { gateway } = await started({ allowOrigins: [ORIGIN], token: 'sesame' })
    const preflight = await fetch(`${gateway.address}/v1/stations/pond/ticks`, {
      method: 'OPTIONS',
      headers: {
        ...{ origin: ORIGIN, 'access-control-request-method': 'POST' },
        'access-control-request-headers': 'authorization,content-type',
      },
    })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, ORIGIN])
    const read = await got(gateway, '/v1/stations', { origin: ORIGIN, authorization: 'Bearer sesame' })
    expect([read.status, read.headers.get('access-control-allow-origin')]).toEqual([200, ORIGIN])
    const line = await openLine(gateway, { headers: { origin: ORIGIN, authorization: 'Bearer sesame' } })
    line.send({ id: 1, ping: 1 })
    expect(await line.next()).toEqual({ id: 1, result: { pong: 1 } })
    const other = await got(gateway, '/v1/stations', {
      origin: 'https://other.example',
      authorization: 'Bearer sesame',
    })
    expect(other.headers.get('access-control-allow-origin')).toBeNull()
    await expect(openLine(gateway, { headers: { origin: 'https://other.example' } })).rejects.toThrow('403')
  })

  it('ways out - by default no page of elsewhere may, nor show the page in a frame', async () => {
    const { gateway } = await started()
    const reply = await got(gateway, '/v1/stations', { origin: ORIGIN })
    expect(reply.headers.get('access-control-allow-origin')).toBeNull()
    expect(reply.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    await expect(openLine(gateway, { headers: { origin: ORIGIN } })).rejects.toThrow('403')
  })

  it('ways out - a frame of an origin that was named may', async () => {
    const { gateway } = await started({ allowFrames: [ORIGIN, 'http://10.0.0.2:8123'] })
    const policy = (await got(gateway, '/v1/stations')).headers.get('content-security-policy')
    expect(policy).toContain(`frame-ancestors ${ORIGIN} http://10.0.0.2:8123`)
  })
})

describe('ways out - metrics', () => {
  it('ways out - the newest forecast, coverage and the age of the newest reading, of live stations', async () => {
    const { bus, gateway } = await started({ now: () => noon + HOUR })
    bus.publish('pond', 'reading', readingAt(0))
    bus.publish('pond', 'forecast', forecastAt(2))
    bus.publish('pond', 'score', score)
    const { text } = await got(gateway, '/metrics')
    for (const line of [
      'tickcast_forecast{station="pond",lead_hours="24",unit="degC",level="mean"} 2',
      'tickcast_forecast{station="pond",lead_hours="1",unit="degC",level="0.95"} 0.95',
      `tickcast_forecast_issued_timestamp_seconds{station="pond"} ${(noon + 2 * HOUR) / 1000}`,
      'tickcast_interval_coverage{station="pond",lead_hours="24",window="7d"} 0.9',
      'tickcast_last_reading_age_seconds{station="pond"} 3600',
    ])
      expect(text).toContain(line)
    expect(text.match(/^tickcast_forecast\{/gm)).toHaveLength(16)
    await bus.publish('pond', 'station', pondWithTape)
    expect((await got(gateway, '/metrics')).text).not.toContain('tickcast_last_reading_age_seconds{')
  })
})
