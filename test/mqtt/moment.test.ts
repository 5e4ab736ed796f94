import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MINUTE, SECOND } from '../../src/domain/instant.ts'
import type { RawRow } from '../../src/ingest/raw-row.ts'
import { parseStation } from '../../src/ingest/station-file.ts'
import { momentGatherer } from '../../src/mqtt/moment.ts'

const station = parseStation(
  `id: x
time: { utc_offset: "+00:00" }
cadence: 40s
target: t
channels:
  - { name: t, topic: t, unit: degC, min: -40, max: 60 }
  - { name: h, topic: h, unit: "%", min: 0, max: 100 }
`,
  'x.yaml',
)

const came: string[] = []
const gatherer = () =>
  momentGatherer({
    station,
    channels: ['t', 'h'],
    release: ({ eventTime, values, malformed }) =>
      came.push(malformed ? 'refused' : `${eventTime} ${JSON.stringify(values)}`),
  })
/** Of when it came. */
const now = (eventTime: number, values: RawRow['values']): RawRow => ({
  place: 'p',
  eventTime,
  values,
  isTimeless: true,
})
const timed = (eventTime: number, values: RawRow['values']): RawRow => ({ place: 'p', eventTime, values })

describe('mqtt moment', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    came.length = 0
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('mqtt moment - channels that come one after the other are one reading, of when the first came', () => {
    const moments = gatherer()
    moments.add(now(1000, { t: 5 }))
    expect(came).toEqual([])
    moments.add(now(1250, { h: 80 }))
    moments.add(now(41_000, { h: 81 }))
    moments.add(now(41_300, { t: 6 }))
    expect(came).toEqual(['1000 {"t":5,"h":80}', '41000 {"h":81,"t":6}'])
  })

  it('mqtt moment - one that stays away is waited for half a cadence, and after eight times not at all, until it comes', () => {
    const moments = gatherer()
    for (let count = 0; count < 8; count++) {
      moments.add(now(count, { t: count }))
      vi.advanceTimersByTime(20 * SECOND - 1)
      expect(came).toHaveLength(count)
      vi.advanceTimersByTime(1)
      expect(came).toHaveLength(count + 1)
    }
    moments.add(now(8, { t: 8 }))
    expect(came).toHaveLength(9)
    moments.add(now(9, { h: 80 }))
    moments.add(now(10, { t: 9 }))
    moments.add(now(11, { t: 10 }))
    expect(came.slice(9)).toEqual(['9 {"h":80,"t":9}'])
  })

  it('mqtt moment - a channel that comes again begins the next one', () => {
    const moments = gatherer()
    moments.add(now(1, { t: 5 }))
    moments.add(now(2, { t: 6 }))
    expect(came).toEqual(['1 {"t":5}'])
    moments.flush()
    expect(came).toEqual(['1 {"t":5}', '2 {"t":6}'])
    vi.advanceTimersByTime(MINUTE)
    expect(came).toHaveLength(2)
  })

  it('mqtt moment - rows with a time of their own are together only where it is one time', () => {
    const moments = gatherer()
    moments.add(timed(1, { t: 5 }))
    moments.add(timed(1, { h: 80 }))
    moments.add(timed(2, { t: 6 }))
    moments.add(timed(3, { h: 81 }))
    moments.add(now(3, { t: 7 }))
    moments.flush()
    expect(came).toEqual(['1 {"t":5,"h":80}', '2 {"t":6}', '3 {"h":81,"t":7}'])
  })

  it('mqtt moment - nothing measured is an answer, too; what is refused waits for nothing and nothing joins it', () => {
    const moments = gatherer()
    moments.add(now(1, { t: 5 }))
    moments.add(now(2, { h: null }))
    expect(came).toEqual(['1 {"t":5,"h":null}'])
    moments.add({
      place: 'p',
      eventTime: undefined,
      values: {},
      malformed: { field: 'p', value: 'x', rule: 'JSON' },
    })
    moments.add(now(3, { other: 1 }))
    moments.add(now(4, { t: 6 }))
    moments.add(now(5, { h: 80 }))
    expect(came.slice(1)).toEqual(['refused', '3 {"other":1}', '4 {"t":6,"h":80}'])
  })
})
