import { describe, expect, it } from 'vitest'
import { formatInstant, HOUR } from '../../src/domain/instant.ts'
import type { RecordSource } from '../../src/gateway/record-source.ts'
import { KEPT } from '../../src/gateway/station-log.ts'
import { forecastAt, noon, readingAt } from './messages.ts'
import { started } from './started.ts'

const idAt = (hour: number) => `pond/${formatInstant(noon + hour * HOUR)}`
const routeOf = (hour: number) => `/v1/stations/pond/forecasts/${formatInstant(noon + hour * HOUR)}/receipt`

/** The pond's target is how many tens of minutes it is past noon; of so many hours all is kept. */
const kept = (hours: number): RecordSource => ({
  folder: '/kept',
  async records(_, topic, { from = -Infinity, to = Infinity, after, limit }) {
    const all =
      topic === 'reading'
        ? Array.from({ length: 6 * hours }, (_, n) => ({ at: noon + (n * HOUR) / 6, message: readingAt(n) }))
        : Array.from({ length: hours }, (_, n) => ({ at: noon + n * HOUR, message: forecastAt(n) }))
    return all
      .filter(({ at }) => at >= Math.max(from, (after?.eventTime ?? -Infinity) + 1) && at < to)
      .slice(0, limit)
      .map(({ at, message }) => ({ eventTime: at, session: '', message }))
  },
})

async function served({ records, hours = 100 }: { records?: RecordSource; hours?: number } = {}) {
  const { bus, gateway } = await started({ records })
  for (let n = 0; n < 6 * hours; n++) {
    await bus.publish('pond', 'reading', readingAt(n))
    if (n % 6 === 0) await bus.publish('pond', 'forecast', forecastAt(n / 6))
  }
  return async (path: string) => {
    const reply = await fetch(`${gateway.address}${path}`)
    const text = await reply.text()
    return { status: reply.status, headers: reply.headers, text, json: () => JSON.parse(text) }
  }
}

describe('receipt', () => {
  it('receipt - of what is kept, however old, with the truths that came', async () => {
    const get = await served({ records: kept(400) })
    const { id, leads } = (await get(routeOf(3))).json()
    expect(id).toBe(idAt(3))
    expect(leads).toHaveLength(24)
    expect(leads[0]).toMatchObject({ lead_hours: 1, mean: 3, truth: 24, error: 21 })
    expect(leads[23]).toMatchObject({ lead_hours: 24, mean: 3, truth: 6 * 27 })
    expect(leads[0].experts).toEqual([{ name: 'persistence', mean: 3, weight: 1 }])
  })

  it('receipt - without a record of the last forecasts, as many as the ring has, and no older one', async () => {
    const get = await served()
    const oldest = 100 - KEPT.forecast
    expect((await get(routeOf(oldest))).json().leads[0]).toMatchObject({
      mean: oldest,
      truth: 6 * (oldest + 1),
    })
    const { status, json } = await get(routeOf(oldest - 1))
    expect(status).toBe(404)
    expect(json().detail).toMatch(
      /no forecast of 'pond' issued at 2020-06-.* is held; of what is not kept the last 64 are/,
    )
  })

  it('receipt - of the newest what came is not known yet', async () => {
    const { id, leads } = (await (await served())('/v1/stations/pond/forecasts/newest/receipt')).json()
    expect(id).toBe(idAt(99))
    expect(leads.every(({ truth }: { truth: number | null }) => truth === null)).toBe(true)
  })

  it('receipt - as a page in which nothing runs, with the same sentence as the terminal has', async () => {
    const { status, headers, text } = await (await served())(`/explain?id=${encodeURIComponent(idAt(50))}`)
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'; style-src 'sha256-/)
    expect(text).toContain(
      'For +24 h it said 50.00 degC (90 %: 0.05 to 0.95), mostly on the word of persistence (100.0 %)',
    )
    expect(text).toContain('was not kept then')
    expect(text).not.toMatch(/<script|undefined|NaN/)
  })

  it.each([
    ['/explain', 400, /^id: /],
    ['/explain?id=pond', 400, /id: "pond" breaks the rule: the id of a forecast, as jena\//],
    ['/explain?id=pond/yesterday', 400, /breaks the rule/],
    ['/explain?id=lake/newest', 404, /lake/],
    ['/explain?id=pond/newest&station=pond', 400, /^unknown key 'station'$/],
    ['/v1/stations/pond/forecasts/yesterday/receipt', 400, /issued_at: "yesterday" breaks the rule/],
    [
      '/v1/stations/pond/forecasts/2019-01-01T00:00:00Z/receipt',
      404,
      /no forecast of 'pond' issued at 2019-01-01T00:00:00Z/,
    ],
  ])('receipt - %s is refused with field, value and rule', async (path, status, detail) => {
    const reply = await (await served({ hours: 2 }))(path)
    expect(reply.status).toBe(status)
    expect(reply.json().detail).toMatch(detail)
  })

  it('receipt - what cannot be shown is said as a page to a browser, and as a problem to anything else', async () => {
    const { gateway } = await started()
    const asked = (path: string, accept: string) =>
      fetch(`${gateway.address}${path}`, { headers: { accept } })
    for (const path of ['/explain?id=lake/newest', '/arena?station=lake']) {
      const page = await asked(path, 'text/html,application/xhtml+xml,*/*;q=0.8')
      expect(page.status).toBe(404)
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'; style-src 'sha256-/)
      expect(await page.text()).toMatch(/<h1>This cannot be shown<\/h1>\n<p>.*lake/)
      for (const accept of ['*/*', 'text/html;q=0, application/json'])
        expect((await asked(path, accept)).headers.get('content-type')).toBe('application/problem+json')
    }
    const hostile = await asked('/explain?id=<script>/newest', 'text/html')
    expect(await hostile.text()).not.toContain('<script>')
  })
})
