import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { LEADS } from '../../src/domain/forecast.ts'
import { formatInstant, HOUR } from '../../src/domain/instant.ts'
import { normal, seededRandom } from '../../src/domain/random.ts'
import type { PublishedRecord, RecordSource } from '../../src/gateway/record-source.ts'
import { STYLE } from '../../src/report/style.ts'
import { forecastAt, noon, pondMessage, readingAt } from './messages.ts'
import { started } from './started.ts'

const DAYS = 40

/** The mixture misses by half as much as persistence. The pond's target is the number of its ten minutes. */
function kept(): RecordSource {
  const random = seededRandom(3)
  const forecast = Array.from({ length: DAYS * 24 }, (_, hour): PublishedRecord => {
    const truth = (lead: number) => 6 * (hour + lead + 1)
    const missing = (size: number) =>
      Array.from({ length: LEADS }, (_, lead) => truth(lead) + size * normal(random))
    const models = { mixture: missing(1), persistence: missing(2), outside_dnn: missing(1) }
    const message = { ...forecastAt(hour), models }
    return { eventTime: noon + hour * HOUR, session: '', message }
  })
  const reading = Array.from({ length: (DAYS + 1) * 24 }, (_, hour): PublishedRecord => {
    const message = { ...readingAt(6 * hour), event_time: formatInstant(noon + hour * HOUR) }
    return { eventTime: noon + hour * HOUR, session: '', message }
  })
  const all = { forecast, reading, score: [], outside: [] }
  return {
    folder: '/kept',
    records: async (_, topic, { from = -Infinity, to = Infinity, after, limit }) =>
      all[topic]
        .filter(
          ({ eventTime }) =>
            eventTime >= Math.max(from, (after?.eventTime ?? -Infinity) + 1) && eventTime < to,
        )
        .slice(0, limit),
  }
}

async function served(records: RecordSource | undefined = kept()) {
  const { bus, gateway } = await started({ records })
  await bus.publish('pond', 'forecast', forecastAt(DAYS * 24 - 1))
  return async (path: string) => {
    const reply = await fetch(`${gateway.address}${path}`)
    const text = await reply.text()
    return { status: reply.status, headers: reply.headers, text, json: () => JSON.parse(text) }
  }
}

describe('arena over HTTP', () => {
  it('arena over HTTP - says who was better of late, by what is kept', async () => {
    const get = await served()
    const { answer, models, issues, unit } = (await get('/v1/stations/pond/arena?lead=6&days=20')).json()
    expect(answer).toMatch(
      /^At \+6 h, over the 4\d\d forecasts of 2\d days that all 3 made, (mixture|outside_dnn) missed least/,
    )
    expect([models.at(-1), issues, unit]).toEqual(['persistence', 20 * 24 + 1, 'K'])
    const two = (await get('/v1/stations/pond/arena?between=persistence,mixture')).json()
    expect(two.answer).toMatch(/mixture was better by \d\.\d{3} K/)
  })

  it('arena over HTTP - is a page that needs nothing else, and in which nothing may run', async () => {
    const get = await served()
    const { status, headers, text } = await get('/arena?station=pond&lead=6')
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    const style = createHash('sha256').update(STYLE).digest('base64')
    expect(headers.get('content-security-policy')).toContain(
      `default-src 'none'; style-src 'sha256-${style}'`,
    )
    expect(text).toContain(`<style>${STYLE}</style>`)
    expect(text).toContain('<h1>Arena of 3 models</h1>')
    expect((await get('/arena')).text).toContain('Arena of 3 models')
  })

  it.each([
    ['/v1/stations/pond/arena?lead=25', 400, /^lead: /],
    ['/v1/stations/pond/arena?days=93', 400, /^days: /],
    ['/v1/stations/pond/arena?between=mixture', 400, /^between: .*two models or more/],
    [
      '/v1/stations/pond/arena?between=mixture,oracle',
      400,
      /^between: 'oracle' is no model of these days; those are: mixture, persistence/,
    ],
    ['/v1/stations/pond/arena?against=oracle', 400, /^against: 'oracle' is no model of these days/],
    ['/v1/stations/pond/arena?leads=6', 400, /^unknown key 'leads'$/],
    ['/arena?station=lake', 404, /lake/],
    ['/arena?day=3', 400, /^unknown key 'day'$/],
  ])('arena over HTTP - %s is refused with field, value and rule', async (path, status, detail) => {
    const reply = await (await served())(path)
    expect(reply.status).toBe(status)
    expect(reply.json().detail).toMatch(detail)
  })

  it('arena over HTTP - of several stations the page asks for one by name', async () => {
    const { bus, gateway } = await started()
    await bus.publish('lake', 'station', { ...pondMessage, id: 'lake' })
    const reply = await fetch(`${gateway.address}/arena`)
    expect(reply.status).toBe(400)
    expect((await reply.json()).detail).toMatch(
      /^station: nothing breaks the rule: one of .*pond.*\/arena\?station=/,
    )
  })

  it('arena over HTTP - where no truth of these days is known yet it says so, as JSON and as a page', async () => {
    const { records, ...rest } = kept()
    const get = await served({
      ...rest,
      records: async (station, topic, range) =>
        topic === 'reading' ? [] : await records(station, topic, range),
    })
    for (const path of ['/v1/stations/pond/arena', '/arena', '/arena?between=mixture,persistence']) {
      const reply = await get(path)
      expect([reply.status, reply.json().code]).toEqual([404, 'nothing_yet'])
      expect(reply.json().detail).toBe("no forecast of 'pond' in the last 30 days has its truth yet")
    }
  })

  it('arena over HTTP - where nothing is kept it says how it would be', async () => {
    const { bus, gateway } = await started()
    await bus.publish('pond', 'forecast', forecastAt(0))
    const reply = await fetch(`${gateway.address}/arena`)
    expect(reply.status).toBe(404)
    expect((await reply.json()).detail).toMatch(/kept by this server: without `--no-keep`/)
  })
})
