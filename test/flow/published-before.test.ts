import { expect, it } from 'vitest'
import type { Bus, Kept } from '../../src/bus/bus.ts'
import { memoryBus } from '../../src/bus/memory.ts'
import { formatInstant, HOUR, type Instant } from '../../src/domain/instant.ts'
import type { Reading } from '../../src/domain/reading.ts'
import { publishedBefore } from '../../src/flow/published-before.ts'
import type { ForecastMessage, ReadingMessage } from '../../src/protocol/messages.ts'
import type { Topic } from '../../src/protocol/topics.ts'

const T0 = Date.UTC(2020, 0, 1)
const at = (hour: number): Instant => T0 + hour * HOUR
const mark = (session: string) => ({ session, speed: 1, paused: false })

/** A bus that has kept, of an earlier run, a newest reading and a newest forecast; only a server keeps those. */
function busThatKept(earlier: {
  readonly reading?: readonly [session: string | undefined, hour: number]
  readonly forecast?: readonly [session: string | undefined, hour: number]
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

it('published before - where nothing is kept, nothing has been published', async () => {
  const earlier = await publishedBefore(busThatKept({}), 'pond')
  expect(earlier.catchingUp).toBe(false)
  expect(earlier.of(reading('a', 0))).toBe('nothing')
})

it('published before - all up to the newest reading has been published, and nothing after it', async () => {
  const earlier = await publishedBefore(busThatKept({ reading: ['a', 2], forecast: ['a', 2] }), 'pond')
  expect([0, 1, 2, 3, 4].map((hour) => earlier.of(reading('a', hour)))).toEqual([
    ...['all', 'all', 'all'],
    ...['nothing', 'nothing'],
  ])
  expect(earlier.catchingUp).toBe(false)
})

it('published before - a reading whose forecast did not get out any more is not published again, its forecast is', async () => {
  const earlier = await publishedBefore(busThatKept({ reading: ['a', 2], forecast: ['a', 1] }), 'pond')
  expect([1, 2, 3].map((hour) => earlier.of(reading('a', hour)))).toEqual(['all', 'reading', 'nothing'])
})

it('published before - a newest reading that is not met again hides nothing of what comes later', async () => {
  const passed = await publishedBefore(busThatKept({ reading: ['a', 2] }), 'pond')
  expect([1, 3].map((hour) => passed.of(reading('a', hour)))).toEqual(['all', 'nothing'])
  const over = await publishedBefore(busThatKept({ reading: ['a', 2] }), 'pond')
  expect(over.of(reading('b', 0))).toBe('nothing')
})

it('published before - live readings come after those of a tape that were read before them', async () => {
  const earlier = await publishedBefore(
    busThatKept({ reading: [undefined, 50], forecast: [undefined, 50] }),
    'pond',
  )
  expect(earlier.of(reading('a', 7))).toBe('all')
  expect(earlier.of(reading(undefined, 49))).toBe('all')
  expect(earlier.catchingUp).toBe(true)
  expect(earlier.of(reading(undefined, 50))).toBe('all')
  expect(earlier.of(reading(undefined, 51))).toBe('nothing')
})

it('said before - a newest reading that nobody of us published hides nothing that came in after it was stored', async () => {
  for (const newest of [undefined, 'z'] as const) {
    const said = await publishedBefore(busThatKept({ reading: [newest, 700_000], storedAt: at(2) }), 'pond')
    expect([1, 2, 3, 4].map((hour) => said.of(reading('a', hour)))).toEqual([
      ...['all', 'all'],
      ...['nothing', 'nothing'],
    ])
    expect(said.catchingUp).toBe(false)
  }
})
