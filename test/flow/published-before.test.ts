import { expect, it } from 'vitest'
import type { Bus, Kept } from '../../src/bus/bus.ts'
import { memoryBus } from '../../src/bus/memory.ts'
import { formatInstant, HOUR, type Instant } from '../../src/domain/instant.ts'
import type { Reading } from '../../src/domain/reading.ts'
import { publishedBefore } from '../../src/flow/published-before.ts'
import type { ForecastMessage } from '../../src/protocol/forecast.ts'
import type { ReadingMessage } from '../../src/protocol/reading.ts'
import type { ScoreMessage } from '../../src/protocol/scores.ts'
import type { Topic } from '../../src/protocol/topics.ts'

const T0 = Date.UTC(2020, 0, 1)
const at = (hour: number): Instant => T0 + hour * HOUR
const mark = (session: string) => ({ session, speed: 1, paused: false })

type Place = readonly [session: string | undefined, hour: number]

/** A bus that has kept the newest reading, score and forecast of an earlier run; only a server keeps those. */
function busThatKept(earlier: {
  readonly reading?: Place
  readonly score?: Place
  readonly forecast?: Place
  /** When the bus took them in. Default: after everything else. */
  readonly storedAt?: Instant
}): Bus {
  const { storedAt = Number.POSITIVE_INFINITY } = earlier
  const provenance = (session: string | undefined) =>
    session === undefined
      ? ({ source: 'live' } as const)
      : ({ source: 'replay', replay: mark(session) } as const)
  const kept: Partial<{ [T in Topic]: Kept<T> }> = {}
  if (earlier.reading) {
    const [session, hour] = earlier.reading
    const event_time = formatInstant(at(hour))
    const reading: ReadingMessage = {
      event_time,
      ingest_time: event_time,
      values: {},
      bridged: false,
      ...provenance(session),
    }
    kept.reading = { message: reading, storedAt }
  }
  if (earlier.score) {
    const [session, hour] = earlier.score
    const score = { as_of: formatInstant(at(hour)), unit: 'K', models: {}, ...provenance(session) }
    kept.score = { message: score as unknown as ScoreMessage, storedAt }
  }
  if (earlier.forecast) {
    const [session, hour] = earlier.forecast
    const forecast: ForecastMessage = {
      issued_at: formatInstant(at(hour)),
      target: 'T',
      unit: 'degC',
      model: 'mixture',
      weights_version: 0,
      leads: [],
      models: {},
      ...provenance(session),
    }
    kept.forecast = { message: forecast, storedAt }
  }
  return {
    ...memoryBus({ onError: (error) => expect.fail(error.message) }),
    newest: async <T extends Topic>(_: string, topic: T): Promise<Kept<T> | undefined> => {
      const byTopic: { readonly [T in Topic]?: Kept<T> } = kept
      return byTopic[topic]
    },
  }
}

function reading(session: string | undefined, hour: number): Reading {
  return {
    eventTime: at(hour),
    ingestTime: at(hour),
    values: new Float64Array(1),
    bridged: false,
    ...(session !== undefined && { replay: mark(session) }),
  }
}

/** Of a reading, a score and a forecast, by their first letters: what has been published. */
function published(earlier: Awaited<ReturnType<typeof publishedBefore>>, one: Reading): string {
  const { reading, score, forecast } = earlier.of(one)
  return `${reading ? 'r' : ''}${score ? 's' : ''}${forecast ? 'f' : ''}`
}
const all = (session: string | undefined, hour: number) => ({
  ...{ reading: [session, hour] as const, score: [session, hour] as const },
  forecast: [session, hour] as const,
})

it('published before - where nothing is kept, nothing has been published', async () => {
  const earlier = await publishedBefore(busThatKept({}), 'pond', undefined)
  expect(earlier.catchingUp).toBe(false)
  expect(published(earlier, reading('a', 0))).toBe('')
})

it('published before - all up to the newest reading has been published, and nothing after it', async () => {
  const earlier = await publishedBefore(busThatKept(all('a', 2)), 'pond', undefined)
  expect([0, 1, 2, 3, 4].map((hour) => published(earlier, reading('a', hour)))).toEqual([
    ...['rsf', 'rsf', 'rsf'],
    ...['', ''],
  ])
  expect(earlier.catchingUp).toBe(false)
})

// Reading      r r r r
// score        s s s
// forecast     f
it('published before - of each topic what had not got out any more is published, and nothing again', async () => {
  const earlier = await publishedBefore(
    busThatKept({ reading: ['a', 3], score: ['a', 2], forecast: ['a', 0] }),
    'pond',
    undefined,
  )
  expect([0, 1, 2, 3, 4].map((hour) => published(earlier, reading('a', hour)))).toEqual([
    ...['rsf', 'rs', 'rs', 'r', ''],
  ])
})

it('published before - what the state knows already is not waited for', async () => {
  const kept = busThatKept({ ...all('a', 2), forecast: ['a', 3] })
  const there = await publishedBefore(kept, 'pond', reading('a', 2))
  expect(there.catchingUp).toBe(false)
  expect([3, 4].map((hour) => published(there, reading('a', hour)))).toEqual(['f', ''])
  const before = await publishedBefore(kept, 'pond', reading('a', 1))
  expect(before.catchingUp).toBe(true)
  const ofAnother = await publishedBefore(kept, 'pond', reading('Z', 9))
  expect(ofAnother.catchingUp).toBe(true)
})

it('published before - a newest reading that is not met again hides nothing of what comes later', async () => {
  const passed = await publishedBefore(busThatKept({ reading: ['a', 2] }), 'pond', undefined)
  expect([1, 3].map((hour) => published(passed, reading('a', hour)))).toEqual(['r', ''])
  const over = await publishedBefore(busThatKept({ reading: ['a', 2] }), 'pond', undefined)
  expect(published(over, reading('b', 0))).toBe('')
})

it('published before - live readings come after those of a tape that were read before them', async () => {
  const earlier = await publishedBefore(busThatKept(all(undefined, 50)), 'pond', undefined)
  expect(published(earlier, reading('a', 7))).toBe('rsf')
  expect(published(earlier, reading(undefined, 49))).toBe('rsf')
  expect(earlier.catchingUp).toBe(true)
  expect(published(earlier, reading(undefined, 50))).toBe('rsf')
  expect(published(earlier, reading(undefined, 51))).toBe('')
})

it('said before - a newest reading that nobody of us published hides nothing that came in after it was stored', async () => {
  for (const newest of [undefined, 'z'] as const) {
    const said = await publishedBefore(
      busThatKept({ ...all(newest, 700_000), storedAt: at(2) }),
      'pond',
      undefined,
    )
    expect([1, 2, 3, 4].map((hour) => published(said, reading('a', hour)))).toEqual([
      ...['rsf', 'rsf'],
      ...['', ''],
    ])
    expect(said.catchingUp).toBe(false)
  }
})
