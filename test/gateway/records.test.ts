import { describe, expect, it } from 'vitest'
import { formatInstant } from '../../src/domain/instant.ts'
import type { Gateway } from '../../src/gateway/gateway.ts'
import type { PublishedRecord, RecordSource, RecordTopic } from '../../src/gateway/record-source.ts'
import { forecastAt, noon, pond, pondMessage, pondWithTape, readingAt, score } from './messages.ts'
import { started } from './started.ts'

const at = (n: number) => noon + n * pond.cadence

/** As a folder would hold them, and what it was asked for. */
function keptRecords(records: Partial<Record<RecordTopic, readonly PublishedRecord[]>>) {
  const asked: { readonly limit: number; readonly skip: number }[] = []
  const source: RecordSource = {
    folder: '/kept',
    async records(station, topic, { from = -Infinity, to = Infinity, after, skip = 0, limit }) {
      asked.push({ limit, skip })
      const all = station === 'pond' ? (records[topic] ?? []) : []
      return all
        .filter(({ eventTime }) => eventTime >= from && eventTime < to)
        .filter(({ eventTime }) => after === undefined || eventTime > after.eventTime)
        .slice(skip, skip + limit)
    },
  }
  return { source, asked }
}

const readings = (count: number): PublishedRecord[] =>
  Array.from({ length: count }, (_, n) => ({ eventTime: at(n), session: 'live', message: readingAt(n) }))

async function get(gateway: Gateway, path: string, accept?: string) {
  const reply = await fetch(`${gateway.address}${path}`, accept === undefined ? {} : { headers: { accept } })
  const text = await reply.text()
  return {
    status: reply.status,
    type: reply.headers.get('content-type'),
    link: reply.headers.get('link'),
    text,
  }
}

const json = async (gateway: Gateway, path: string) => JSON.parse((await get(gateway, path)).text)

describe('records', () => {
  it('records - a stretch of time begins with from and ends before to, as a date or with any zone', async () => {
    const { gateway } = await started({ records: keptRecords({ reading: readings(6) }).source })
    const within = async (query: string) =>
      (await json(gateway, `/v1/stations/pond/readings?${query}`)).readings.map(
        ({ values }: { values: Record<string, number> }) => values['T (degC)'],
      )
    expect(await within('')).toEqual([0, 1, 2, 3, 4, 5])
    expect(await within(`from=${formatInstant(at(1))}&to=${formatInstant(at(3))}`)).toEqual([1, 2])
    expect(await within('from=2020-06-01T14:40:00+02:00')).toEqual([4, 5])
    expect(await within('from=2020-06-02')).toEqual([])
    expect(await within('to=2020-06-02')).toHaveLength(6)
  })

  it.each([
    ['application/json', (text: string) => JSON.parse(text).readings as unknown[]],
    [
      'application/x-ndjson',
      (text: string) =>
        text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as unknown),
    ],
  ])(
    'records - pages of %s lead through all, each record once, by header and by body',
    async (type, read) => {
      const { gateway } = await started({
        records: keptRecords({ reading: readings(7) }).source,
        token: 'sesame',
      })
      const found: unknown[] = []
      const sizes: number[] = []
      for (let path: string | undefined = '/v1/stations/pond/readings?limit=3&from=2020-06-01'; path; ) {
        const { status, text, link } = await get(gateway, `${path}&token=sesame`, type)
        expect(status).toBe(200)
        const page = read(text)
        found.push(...page)
        sizes.push(page.length)
        path = /^<(\/v1[^>]+)>; rel="next"$/.exec(link ?? '')?.[1]
        expect(path ?? '').not.toContain('sesame')
        if (type === 'application/json') {
          expect(JSON.parse(text).next ?? undefined).toBe(
            path && new URL(path, 'http://x').searchParams.get('after'),
          )
        }
      }
      expect(sizes).toEqual([3, 3, 1])
      expect(found).toEqual(readings(7).map(({ message }) => message))
    },
  )

  it('records - HEAD says where the next page begins, and sends none', async () => {
    const { gateway } = await started({ records: keptRecords({ reading: readings(3) }).source })
    const path = `${gateway.address}/v1/stations/pond/readings?limit=2`
    const [head, whole] = [await fetch(path, { method: 'HEAD' }), await fetch(path)]
    expect(head.status).toBe(200)
    expect(head.headers.get('link')).toMatch(/rel="next"$/)
    expect(head.headers.get('link')).toBe(whole.headers.get('link'))
    expect(await head.text()).toBe('')
  })

  it('records - a page that ends with the last record has no next', async () => {
    const { gateway } = await started({ records: keptRecords({ reading: readings(4) }).source })
    expect((await json(gateway, '/v1/stations/pond/readings?limit=4')).next).toBe(null)
  })

  it('records - CSV has a column a channel, a row a lead, a row a figure', async () => {
    const { source } = keptRecords({
      reading: readings(2),
      forecast: [{ eventTime: noon, session: 'live', message: forecastAt(0) }],
      score: [{ eventTime: noon, session: 'live', message: score }],
    })
    const { gateway } = await started({ records: source })
    const lines = async (name: string) => {
      const { type, text } = await get(gateway, `/v1/stations/pond/${name}`, 'text/csv')
      expect(type).toMatch(/^text\/csv/)
      return text.trim().split('\n')
    }
    expect(await lines('readings')).toEqual([
      'event_time,ingest_time,bridged,source,T (degC),humidity,flagged,flagged_value',
      '2020-06-01T12:00:00Z,2020-06-01T12:00:00Z,false,live,0,50,,',
      '2020-06-01T12:10:00Z,2020-06-01T12:10:00Z,false,live,1,50,,',
    ])
    const forecasts = await lines('forecasts')
    expect(forecasts).toHaveLength(25)
    expect(forecasts[24]).toBe(
      '2020-06-01T12:00:00Z,2020-06-02T12:00:00Z,24,0,0.05,0.1,0.25,0.5,0.75,0.9,0.95,0,live,false',
    )
    expect(await lines('scores')).toContain('2020-06-01T12:00:00Z,mixture,mae,24,1d,1.9,live')
  })

  it('records - a long page is read in parts, so that others have their turn between them', async () => {
    const { source, asked } = keptRecords({ reading: readings(1300) })
    const { gateway } = await started({ records: source })
    const { readings: found } = await json(gateway, '/v1/stations/pond/readings?limit=1200')
    expect(found).toHaveLength(1200)
    expect(asked).toEqual([
      { limit: 2, skip: 1199 },
      { limit: 500, skip: 0 },
      { limit: 500, skip: 0 },
      { limit: 200, skip: 0 },
    ])
  })

  it.each([
    [
      'from=yesterday',
      'from: "yesterday" breaks the rule: RFC 3339 with a zone, or a date such as 2012-07-01',
    ],
    ['from=2020-06-02&to=2020-06-01', 'to: "2020-06-01" breaks the rule: later than from'],
    ['limit=0', 'limit: "0" breaks the rule: at least 1'],
    ['limit=10001', 'limit: "10001" breaks the rule: at most 10000'],
    ['limit=some', 'limit: "some" breaks the rule: a number'],
    ['after=here', 'after: "here" breaks the rule: a cursor that \'next\' gave'],
    ['form=2020-06-01', "unknown key 'form'"],
    ['from=2020-06-01&from=2020-06-02', 'from: ["2020-06-01","2020-06-02"] breaks the rule: a string'],
  ])('records - %s is refused with field, value and rule', async (query, detail) => {
    const { gateway } = await started({ records: keptRecords({}).source })
    const { status, text } = await get(gateway, `/v1/stations/pond/readings?${query}`)
    expect({ status, ...JSON.parse(text) }).toMatchObject({ status: 400, code: 'bad_request', detail })
  })

  it('records - what is neither JSON nor NDJSON nor CSV is not had', async () => {
    const { gateway } = await started({ records: keptRecords({}).source })
    const { status, text } = await get(gateway, '/v1/stations/pond/scores', 'image/png')
    expect({ status, ...JSON.parse(text) }).toMatchObject({
      status: 406,
      code: 'not_acceptable',
      detail: "accept: 'image/png': one of application/json, application/x-ndjson, text/csv",
    })
    expect((await get(gateway, '/v1/stations/pond/scores', 'text/html,*/*;q=0.8')).type).toMatch(/json/)
  })

  it.each([
    ['a live station', pondMessage],
    ['a tape', pondWithTape],
  ])('records - where nothing is kept of %s the reply says how something would be', async (_, message) => {
    const { bus, gateway } = await started()
    await bus.publish('pond', 'station', message)
    const { status, text } = await get(gateway, '/v1/stations/pond/readings')
    expect(status).toBe(404)
    expect(JSON.parse(text).detail).toContain('without `--no-keep`, or on NATS with `tickcast serve --keep`')
    expect((await get(gateway, '/v1/stations/pool/readings')).text).toContain('unknown_station')
  })

  it('records - a folder that cannot be read is said to be, before anything is sent', async () => {
    const { gateway } = await started({
      records: { folder: '/kept', records: () => Promise.reject(new Error('the disk fails')) },
    })
    const { status, text } = await get(gateway, '/v1/stations/pond/readings')
    expect({ status, ...JSON.parse(text) }).toMatchObject({
      status: 503,
      detail: 'what is kept cannot be read at the moment: the disk fails',
    })
  })

  it('records - a page that breaks off on its way is no whole page, and costs nobody else anything', async () => {
    const { source } = keptRecords({ reading: readings(1000) })
    const { gateway } = await started({
      records: {
        ...source,
        records: (station, topic, range) =>
          range.after ? Promise.reject(new Error('the disk fails')) : source.records(station, topic, range),
      },
    })
    const reply = await fetch(`${gateway.address}/v1/stations/pond/readings`)
    await expect(reply.text()).rejects.toThrow()
    expect((await json(gateway, '/v1/stations/pond/readings?limit=10')).readings).toHaveLength(10)
  })

  it('records - the index says the version, where stations are kept, and leads to routes that are there', async () => {
    const { gateway } = await started({ records: keptRecords({}).source, version: '1.2.3' })
    const { links, ...rest } = await json(gateway, '/v1')
    expect(rest).toEqual({ name: 'tickcast', version: '1.2.3', stations: ['pond'], keep: '/kept' })
    const paths = new Set(gateway.routes.map(({ path }) => path.replace(/:(\w+)/g, '{$1}')))
    const isThere = (link: string) => paths.has(link.split('?')[0]!)
    expect(Object.values<string>(links).filter((link) => !isThere(link))).toEqual([links.stream])
    // Pages want to know of what.
    expect([links.arena_page, links.receipt_page]).toEqual([
      '/arena?station={id}',
      '/explain?id={id}/{issued_at}',
    ])
    expect(await json((await started()).gateway, '/v1')).toMatchObject({ keep: null })
  })
})
