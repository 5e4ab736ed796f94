import { describe, expect, it } from 'vitest'
import { DAY, HOUR, type Instant, MINUTE, type Span } from '../../src/domain/instant.ts'
import type { Reading } from '../../src/domain/reading.ts'
import type { Arrival, Merged } from '../../src/ingest/arrival.ts'
import { type OrderOptions, order } from '../../src/ingest/order.ts'

const START = Date.UTC(2020, 4, 12, 6)
const CADENCE = 10 * MINUTE

/** Read long after it was measured, as from a file. */
const LONG_AFTER = START + 1000 * DAY

function reading(after: Span, session?: string): Reading {
  const eventTime = START + after
  const values = new Float64Array([after])
  const mark = session !== undefined && { replay: { session, speed: 1, paused: false } }
  return { eventTime, ingestTime: LONG_AFTER, values, bridged: false, ...mark }
}

const minutes = (instant: Instant): string => `${(instant - START) / MINUTE}`

/** '10' is a reading released ten minutes after the start, 'late 10' one refused, 'session a' what it says. */
function shown(arrival: Arrival | Merged): string {
  switch (arrival.kind) {
    case 'reading':
      return minutes(arrival.reading.eventTime)
    case 'rejected':
      return `${arrival.rejection.reason} ${minutes(arrival.reading.eventTime)}`
    case 'merged':
      return `merged ${minutes(arrival.reading.eventTime)}`
    case 'session':
      return `session ${arrival.session}`
  }
}

/** What each reading in turn brings out, and last what the flush does. */
function run(readings: readonly Reading[], options: Partial<OrderOptions> = {}): string[][] {
  const fold = order({ cadence: CADENCE, ...options })
  let state = fold.initial()
  const outputs = readings.map((each) => {
    const next = fold.step(state, each)
    state = next.state
    return next.output.map(shown)
  })
  return [...outputs, fold.flush(state).output.map(shown)]
}

const live = (...after: number[]) => after.map((each) => reading(each * MINUTE))
const tape = (session: string, ...after: number[]) => after.map((each) => reading(each * MINUTE, session))
const days = (count: number) => (count * DAY) / MINUTE

describe('order', () => {
  it('order - readings in order pass one by one', () => {
    expect(run(live(0, 10, 20))).toEqual([['0'], ['10'], ['20'], []])
  })

  it('order - the second reading of a time is a duplicate', () => {
    expect(run(live(0, 10, 10, 20))).toEqual([['0'], ['10'], ['duplicate 10'], ['20'], []])
  })

  it('order - a late reading says how far behind the watermark it is', () => {
    const fold = order({ cadence: CADENCE })
    const first = fold.step(fold.initial(), reading(0))
    const { output } = fold.step(first.state, reading(-20 * MINUTE))
    expect(output).toEqual([
      {
        kind: 'rejected',
        reading: reading(-20 * MINUTE),
        rejection: {
          field: 'event_time',
          value: '2020-05-12T05:40:00Z',
          rule: 'not older than the watermark 2020-05-12T06:00:00Z, and this is 20m late',
          reason: 'late',
        },
      },
    ])
  })

  it('order - within the lateness readings are held and come out sorted', () => {
    // ........ watermark:  -20  0     -     10      20      30
    expect(run(live(0, 20, 10, 30, 40, 50), { lateness: 20 * MINUTE })).toEqual([
      [],
      ['0'],
      [],
      ['10'],
      ['20'],
      ['30'],
      ['40', '50'],
    ])
  })

  it('order - a duplicate of a held or just released reading is one, and what is older than the watermark is late', () => {
    expect(run(live(0, 20, 0, 20, -10, 10), { lateness: 20 * MINUTE })).toEqual([
      [],
      ['0'],
      ['duplicate 0'],
      ['duplicate 20'],
      ['late -10'],
      [],
      ['10', '20'],
    ])
  })

  it('order - a feed denser than four readings a cadence is released early rather than held without bound', () => {
    const fold = order({ cadence: CADENCE, lateness: HOUR })
    let state = fold.initial()
    let most = 0
    for (let second = 0; second < 3000; second++) {
      state = fold.step(state, reading(second * 1000)).state
      most = Math.max(most, state.held.length)
    }
    expect(most).toBe(4 * 6 + 4)
    expect(state.watermark).toBe(state.released)
  })

  it('order - a replayed stamp far ahead is an outlier when the next one is back', () => {
    expect(run(tape('a', 0, days(400), 10, 20))).toEqual([
      ['session a', '0'],
      [],
      [`outlier_time ${days(400)}`, '10'],
      ['20'],
      [],
    ])
  })

  it('order - a replayed stamp far ahead is right when the next one follows it', () => {
    const later = days(400)
    expect(run(tape('a', 0, later, later + 10, later + 20))).toEqual([
      ['session a', '0'],
      [],
      [`${later}`, `${later + 10}`],
      [`${later + 20}`],
      [],
    ])
  })

  it('order - the same far stamp twice is one reading and a duplicate', () => {
    const later = days(31)
    expect(run(tape('a', 0, later, later)).at(-2)).toEqual([`${later}`, `duplicate ${later}`])
  })

  it('order - thirty days are no leap', () => {
    expect(run(tape('a', 0, days(30)))[1]).toEqual([`${days(30)}`])
  })

  it('order - a late reading or a duplicate tells nothing about a stamp far ahead', () => {
    const later = days(31)
    expect(run(tape('a', 0, later, 0, -10, later + 10))).toEqual([
      ['session a', '0'],
      [],
      ['duplicate 0'],
      ['late -10'],
      [`${later}`, `${later + 10}`],
      [],
    ])
  })

  it('order - a stamp between the others and one far ahead of it is suspected in its turn', () => {
    expect(run(tape('a', 0, days(400), days(100), 10))).toEqual([
      ['session a', '0'],
      [],
      [`outlier_time ${days(400)}`],
      [`outlier_time ${days(100)}`, '10'],
      [],
    ])
  })

  it('order - a stamp far ahead that nothing follows is rejected when the tape ends', () => {
    expect(run(tape('a', 0, days(31))).at(-1)).toEqual([`outlier_time ${days(31)}`])
  })

  it('order - a live reading is never suspected', () => {
    expect(run(live(0, days(400)))).toEqual([['0'], [`${days(400)}`], []])
  })

  it('order - a new session first ends the old one, then begins anew at any time', () => {
    const readings = [...tape('a', 0, 10, 20), ...tape('b', -500, -490)]
    expect(run(readings, { lateness: 10 * MINUTE })).toEqual([
      ['session a'],
      ['0'],
      ['10'],
      ['20', 'session b'],
      ['-500'],
      ['-490'],
    ])
  })

  it('order - what is measured now is not late behind a tape of a time to come: all begins anew', () => {
    const now = (each: Reading): Reading => ({ ...each, ingestTime: each.eventTime })
    const ahead = [...tape('a', 0, days(20)), ...live(10, 20).map(now)]
    expect(run(ahead)).toEqual([['session a', '0'], [`${days(20)}`], ['session live', '10'], ['20'], []])
    // A tape that is at most as far ahead as clocks may be is of the present.
    const present = [...tape('a', 0, 11), ...live(10).map(now), ...live(20)]
    expect(run(present)).toEqual([['session a', '0'], ['11'], ['late 10'], ['20'], []])
    // Held back, it counts all the same.
    expect(run(ahead, { lateness: 30 * HOUR }).flat()).toContain('session live')
  })

  it('order - a live reading goes on with the session of the tape', () => {
    expect(run([...tape('a', 0, 10), ...live(20, 5), ...tape('a', 30)])).toEqual([
      ['session a', '0'],
      ['10'],
      ['20'],
      ['late 5'],
      ['30'],
      [],
    ])
  })

  it('order - after a flush only what is newer passes', () => {
    const fold = order({ cadence: CADENCE, lateness: 20 * MINUTE })
    let state = fold.initial()
    for (const each of live(0, 10)) state = fold.step(state, each).state
    const flushed = fold.flush(state)
    expect(flushed.output.map(shown)).toEqual(['0', '10'])
    const again = fold.step(flushed.state, reading(10 * MINUTE))
    expect(again.output.map(shown)).toEqual(['duplicate 10'])
    expect(fold.step(again.state, reading(5 * MINUTE)).output.map(shown)).toEqual(['late 5'])
  })
})
