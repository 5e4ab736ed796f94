import { describe, expect, it, onTestFinished } from 'vitest'
import { memoryBus } from '../../src/bus/memory.ts'
import { formatInstant, HOUR, type Instant, MINUTE } from '../../src/domain/instant.ts'
import { type Issuers, type IssuersOptions, openIssuers } from '../../src/issuers/issuers.ts'
import { stationMessage } from '../../src/protocol/encode.ts'
import type { TickMessage } from '../../src/protocol/tick.ts'
import { pond, pondWithTape } from '../gateway/messages.ts'
import { leapingClock } from '../replay/leaping-clock.ts'
import { until } from '../support/until.ts'
import { ASKED_AT } from './context.ts'
import { type Asked, localServer, type Reply } from './local-server.ts'
import { openMeteoAnswer } from './published.ts'

const MIDNIGHT = Date.parse('2026-03-01T00:00:00Z')
const answer = (value: number): Reply => ({
  body: openMeteoAnswer(MIDNIGHT, { temperature_2m: Array(24 * 30).fill(value) }),
})

async function opened(reply: (asked: Asked, count: number) => Reply, more: Partial<IssuersOptions> = {}) {
  let count = 0
  const server = await localServer((asked) => reply(asked, ++count))
  const station = {
    ...pond,
    outside: ['met', 'other'].map((issuer) => ({
      issuer,
      ...(issuer === 'met' && {
        asked: {
          ...{ kind: 'open_meteo' as const, url: server.url, pastUrl: server.url, every: HOUR, delay: 0 },
          ...{ latitude: 50.93, longitude: 11.59, variable: 'temperature_2m' },
        },
      }),
    })),
  }
  const bus = memoryBus({
    onError: (error) => {
      throw error
    },
  })
  const ticks: TickMessage[] = []
  const clock = leapingClock({ start: ASKED_AT })
  const [troubles, recoveries]: [string[], string[]] = [[], []]
  const asking: Instant[] = []
  const issuers: Issuers = await openIssuers({
    ...{ bus, station, clock, unit: () => 0, userAgent: 'tickcast/test', env: {} },
    cameAt: () => undefined,
    onTrouble: (text) => void troubles.push(text),
    onRecovered: (text) => void recoveries.push(text),
    onChange: () => void (server.asked.length > asking.length && asking.push(clock.now())),
    ...more,
  })
  onTestFinished(async () => {
    await issuers.close()
    await bus.close()
  })
  const announce = (message = stationMessage(station, { source: 'live' })) =>
    bus.publish('pond', 'station', message)
  const pipeline = () =>
    bus.subscribe({ station: 'pond', topic: 'tick' }, ({ message }) => void ticks.push(message))
  return { bus, server, issuers, ticks, clock, troubles, recoveries, asking, announce, pipeline }
}

describe('issuers', () => {
  it('issuers - nobody is asked before the station stands, and then its forecasts come as if they had been posted', async () => {
    const { issuers, server, ticks, announce, pipeline } = await opened((_, count) => answer(count))
    await announce()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect([server.asked.length, issuers.state()]).toEqual([0, {}])
    await pipeline()
    await until('they have come', () => ticks.length >= 3)
    // How late it is by then is not said: the clock leapt as often as somebody looked whether the station stands.
    expect(ticks[0]).toMatchObject({
      ...{ values: {}, event_time: ticks[0]!.outside!.issued_at },
      outside: { issuer: 'met', leads: expect.arrayContaining([expect.objectContaining({ mean: 1 })]) },
    })
    expect(new Set(ticks.map(({ id }) => id)).size).toBe(ticks.length)
    const [one = 0, two = 0] = ticks.map(({ outside }) => Date.parse(outside!.issued_at))
    expect(two - one).toBe(HOUR)
    expect(issuers.state()['met']).toMatchObject({
      ...{ failures: 0, failing: 0, issued_at_is: 'asked', error: null },
      whom: expect.stringMatching(/^127\.0\.0\.1:\d+ for temperature_2m at 50.93, 11.59$/),
    })
  })

  it('issuers - what was said already is not said again while it reaches thirty hours ahead', async () => {
    const { server, ticks, announce, pipeline } = await opened(() => answer(4))
    await pipeline()
    await announce()
    await until('it was asked for a day', () => server.asked.length > 40)
    const issued = ticks.map(({ outside }) => Date.parse(outside!.issued_at))
    expect(issued.length).toBeGreaterThanOrEqual(2)
    expect(issued.slice(1).map((at, index) => Math.round((at - issued[index]!) / HOUR))).toEqual(
      issued.slice(1).map(() => 18),
    )
  })

  it('issuers - of a station under replay, or removed, nobody is asked', async () => {
    const { server, issuers, announce, pipeline } = await opened(() => answer(4))
    await pipeline()
    await announce(pondWithTape)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(server.asked).toEqual([])
    await announce()
    await until('it is asked', () => server.asked.length > 0)
    await announce(pondWithTape)
    await until('it is not asked any more', () => Object.keys(issuers.state()).length === 0)
    // What was under way then may still get there.
    await new Promise((resolve) => setTimeout(resolve, 200))
    const before = server.asked.length
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(server.asked.length).toBe(before)
  })

  it('issuers - a failure is told once a kind and counted, asked again later and later, and told when it is over', async () => {
    const { issuers, ticks, troubles, recoveries, announce, pipeline } = await opened((_, count) => {
      if (count <= 3) return { status: 500 }
      if (count <= 5) return { body: 'nothing' }
      return answer(count)
    })
    await pipeline()
    await announce()
    await until('it is over', () => recoveries.length > 0)
    expect(troubles).toEqual([
      expect.stringMatching(/^no forecast of met: 127.0.0.1:\d+ answers 500$/),
      expect.stringMatching(/^no forecast of met: 127.0.0.1:\d+ answers with no JSON/),
    ])
    expect(recoveries).toEqual(['met answers again, after 5 times without'])
    await until('one has come', () => ticks.length > 0)
    expect(issuers.state()['met']).toMatchObject({ failures: 5, failing: 0, error: { kind: 'no_json' } })
    // 45, 90, 180, 360 and 720 s.
    expect(Date.parse(ticks[0]!.outside!.issued_at) - ASKED_AT).toBe(1395_000)
  })

  it('issuers - who names a time to come again is not asked before it', async () => {
    const { asking, announce, pipeline } = await opened((_, count) =>
      count === 1 ? { status: 429, headers: { 'retry-after': '5400' } } : answer(count),
    )
    await pipeline()
    await announce()
    await until('it was asked twice', () => asking.length >= 2)
    expect(asking[1]! - asking[0]!).toBeGreaterThanOrEqual(90 * MINUTE)
  })

  it('issuers - after a restart it is not asked before its time', async () => {
    const { ticks, announce, pipeline } = await opened(() => answer(4), {
      cameAt: () => ASKED_AT - 20 * MINUTE,
    })
    await pipeline()
    await announce()
    await until('it has come', () => ticks.length > 0)
    expect(ticks[0]?.outside?.issued_at).toBe(formatInstant(ASKED_AT + 40 * MINUTE))
  })

  it('issuers - what the pipeline refuses of it is told and counted as its failure', async () => {
    const { bus, ticks, issuers, troubles, announce, pipeline } = await opened(() => answer(4))
    await pipeline()
    await announce()
    await until('it has come', () => ticks.length > 0)
    await bus.publish('pond', 'rejected', {
      ...{ tick: ticks[0]!.id, event_time: '', field: 'outside.leads', value: null, reason: 'late' },
      ...{ rule: 'a time to come', rejected_at: '', source: 'live' },
    })
    expect(troubles).toEqual([
      expect.stringMatching(/what it says is refused: outside.leads: null breaks the rule/),
    ])
    expect(issuers.state()['met']).toMatchObject({ failures: 1 })
  })
})
