import { describe, expect, it, onTestFinished } from 'vitest'
import type { Gateway } from '../../src/gateway/gateway.ts'
import { KEPT } from '../../src/gateway/station-log.ts'
import { forecastAt, readingAt } from './messages.ts'
import { started } from './started.ts'

interface ServerEvent {
  readonly event: string
  readonly id: string | undefined
  readonly data: { readonly [key: string]: unknown }
}

interface Events {
  readonly type: string | null
  next(): Promise<ServerEvent>
  close(): void
}

async function listen(gateway: Gateway, query: string, lastEventId?: string): Promise<Events> {
  const aborter = new AbortController()
  onTestFinished(() => aborter.abort())
  const response = await fetch(`${gateway.address}/v1/stations/pond/stream${query}`, {
    headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
    signal: aborter.signal,
  })
  const events = eventsOf(response.body!)
  return {
    type: response.headers.get('content-type'),
    close: () => aborter.abort(),
    async next() {
      const { value, done } = await events.next()
      if (done) throw new Error('the stream has ended')
      return value
    },
  }
}

async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent, void> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true })
    const parts = text.split('\n\n')
    text = parts.pop() ?? ''
    for (const part of parts) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(part)?.[1]
      yield { event: field('event') ?? '', id: field('id'), data: JSON.parse(field('data') ?? '{}') }
    }
  }
}

describe('events', () => {
  it('events - a stream begins with where its topics stand and their newest, then brings what comes', async () => {
    const { bus, gateway } = await started()
    for (const n of [0, 1]) bus.publish('pond', 'reading', readingAt(n))
    const events = await listen(gateway, '?topics=reading,forecast')
    expect(events.type).toBe('text/event-stream')
    expect(await events.next()).toEqual({
      event: 'subscribed',
      id: undefined,
      data: { epoch: expect.any(String), offsets: { reading: 2, forecast: 0 } },
    })
    expect(await events.next()).toMatchObject({
      event: 'reading',
      data: { station: 'pond', topic: 'reading', kind: 'snapshot', offset: 2, data: readingAt(1) },
    })
    bus.publish('pond', 'forecast', forecastAt(0))
    bus.publish('pond', 'status', {} as never)
    bus.publish('pond', 'reading', readingAt(2))
    expect(await events.next()).toMatchObject({ event: 'forecast', data: { kind: 'update', offset: 1 } })
    const last = await events.next()
    expect(last).toMatchObject({ event: 'reading', data: { kind: 'update', offset: 3 } })
    expect(last.id).toMatch(/^[0-9A-Z]{26};reading=3;forecast=1$/)
  })

  it('events - who comes back with the last id gets all that came meanwhile', async () => {
    const { bus, gateway } = await started()
    bus.publish('pond', 'reading', readingAt(0))
    const before = await listen(gateway, '?topics=reading')
    await before.next()
    const { id } = await before.next()
    before.close()
    for (const n of [1, 2, 3]) bus.publish('pond', 'reading', readingAt(n))
    const again = await listen(gateway, '?topics=reading', id)
    expect((await again.next()).data).toMatchObject({ offsets: { reading: 4 }, recovered: true })
    const came = [await again.next(), await again.next(), await again.next()]
    expect(came.map(({ data }) => [data['kind'], data['offset']])).toEqual([
      ['update', 2],
      ['update', 3],
      ['update', 4],
    ])
    expect(came.at(-1)?.id).toMatch(/;reading=4$/)
    // The same for who can set no header.
    const query = await listen(gateway, `?topics=reading&last_event_id=${encodeURIComponent(id ?? '')}`)
    expect((await query.next()).data).toMatchObject({ recovered: true })
  })

  it('events - what cannot be had again is counted; of another process nobody knows', async () => {
    const { bus, gateway } = await started()
    bus.publish('pond', 'reading', readingAt(0))
    const before = await listen(gateway, '?topics=reading')
    await before.next()
    const { id = '' } = await before.next()
    for (let n = 1; n <= KEPT.reading + 10; n++) bus.publish('pond', 'reading', readingAt(n))
    const late = await listen(gateway, '?topics=reading', id)
    expect((await late.next()).data).toMatchObject({
      recovered: false,
      missed: { reading: KEPT.reading + 9 },
    })
    expect((await late.next()).data).toMatchObject({ kind: 'snapshot', offset: KEPT.reading + 11 })
    const other = await listen(
      gateway,
      '?topics=reading',
      id.replace(/^./, (sign) => (sign === '0' ? '1' : '0')),
    )
    expect((await other.next()).data).toMatchObject({ recovered: false, missed: null })
  })

  it('events - a planned stop is announced', async () => {
    const { gateway } = await started()
    const events = await listen(gateway, '?topics=reading')
    await events.next()
    await gateway.close()
    expect(await events.next()).toMatchObject({ event: 'closing', data: { reason: 'the server stops' } })
    await expect(events.next()).rejects.toThrow('the stream has ended')
  })

  it.each([
    ['?topics=reading,score,weather', '', 'topics: "reading,score,weather" breaks the rule: some of reading'],
    ['', 'yesterday', "Last-Event-ID: 'yesterday': the id of an event of this stream"],
  ])('events - %s %s is refused in words', async (query, id, detail) => {
    const { gateway } = await started()
    const reply = await fetch(`${gateway.address}/v1/stations/pond/stream${query}`, {
      headers: { 'last-event-id': id },
    })
    expect([reply.status, (await reply.json()).detail]).toEqual([400, expect.stringContaining(detail)])
  })
})
