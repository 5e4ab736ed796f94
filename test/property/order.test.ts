import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DAY, MINUTE } from '../../src/domain/instant.ts'
import type { Reading } from '../../src/domain/reading.ts'
import type { Arrival, Merged } from '../../src/ingest/arrival.ts'
import { bridge } from '../../src/ingest/bridge.ts'
import { order } from '../../src/ingest/order.ts'

const CADENCE = 10 * MINUTE

/** Rows of a tape: mostly near each other, some a stamp from nowhere, now and then of the next session or live. */
const row = fc.record({
  minute: fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 0, max: 300 }) },
    { weight: 1, arbitrary: fc.integer({ min: -100 * 1440, max: 100 * 1440 }) },
  ),
  session: fc.oneof({ weight: 8, arbitrary: fc.constant('a') }, fc.constant('b'), fc.constant(undefined)),
})
const tapes = fc.array(row, { maxLength: 60 }).map((rows) => rows.map(readingOf))
const latenesses = fc.constantFrom(0, 5 * MINUTE, 30 * MINUTE, 2 * DAY)

function readingOf(
  { minute, session }: { minute: number; session: string | undefined },
  index: number,
): Reading {
  const mark = session !== undefined && { replay: { session, speed: 1, paused: false } }
  return {
    eventTime: minute * MINUTE,
    ingestTime: 0,
    values: new Float64Array([index]),
    bridged: false,
    tick: `${index}`,
    ...mark,
  }
}

function run(readings: readonly Reading[], lateness: number, resumeAt = -1): (Arrival | Merged)[] {
  const fold = order({ cadence: CADENCE, lateness })
  let state = fold.initial()
  const arrivals = readings.flatMap((reading, index) => {
    const next = fold.step(index === resumeAt ? structuredClone(state) : state, reading)
    state = next.state
    expect(state.held.length).toBeLessThanOrEqual(4 * Math.ceil(lateness / CADENCE) + 4)
    return next.output
  })
  return [...arrivals, ...fold.flush(state).output]
}

it('order - every reading comes out exactly once, released or refused', () => {
  fc.assert(
    fc.property(tapes, latenesses, (readings, lateness) => {
      const ids = run(readings, lateness).flatMap((each) =>
        each.kind === 'session' ? [] : [each.reading.tick],
      )
      expect(ids.sort()).toEqual(readings.map(({ tick }) => tick).sort())
    }),
  )
})

it('order - within a session event time only grows, whatever comes in', () => {
  fc.assert(
    fc.property(tapes, latenesses, (readings, lateness) => {
      let last = Number.NEGATIVE_INFINITY
      for (const arrival of run(readings, lateness)) {
        if (arrival.kind === 'session') last = Number.NEGATIVE_INFINITY
        if (arrival.kind !== 'reading') continue
        expect(arrival.reading.eventTime).toBeGreaterThan(last)
        last = arrival.reading.eventTime
      }
    }),
  )
})

it('order - disorder within the lateness loses nothing', () => {
  const shuffled = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 50 }).map((delays) =>
    delays
      .map((delay, index) => ({ minute: index * 10, arrives: index * 10 + delay }))
      .sort((one, other) => one.arrives - other.arrives)
      .map(({ minute }, index) => readingOf({ minute, session: 'a' }, index)),
  )
  fc.assert(
    fc.property(shuffled, (readings) => {
      const released = run(readings, 30 * MINUTE).flatMap((each) =>
        each.kind === 'reading' ? [each.reading.eventTime] : [],
      )
      expect(released).toEqual(readings.map((_, index) => index * CADENCE))
    }),
  )
})

it('order - resumed from a copy of its state it goes on as if it had never stopped', () => {
  fc.assert(
    fc.property(tapes, latenesses, fc.nat(60), (readings, lateness, stop) => {
      expect(run(readings, lateness, stop)).toEqual(run(readings, lateness))
    }),
  )
})

it('bridge - rows without a long gap between them lie half to one and a half cadences apart, bridged ones from the last real values', () => {
  const stamps = fc.array(fc.integer({ min: 5, max: 400 }), { maxLength: 40 })
  fc.assert(
    fc.property(stamps, (distances) => {
      const fold = bridge({ cadence: CADENCE })
      let state = fold.initial()
      let minute = 0
      let real: Reading | undefined
      let before: Reading | undefined
      distances.forEach((distance, index) => {
        minute += distance
        const reading = readingOf({ minute, session: 'a' }, index)
        const next = fold.step(state, { kind: 'reading', reading })
        state = next.state
        for (const each of next.output) {
          if (each.kind === 'gap' && !each.bridged) before = undefined
          if (each.kind !== 'reading') continue
          if (before) {
            const apart = each.reading.eventTime - before.eventTime
            expect(apart).toBeGreaterThanOrEqual(0.5 * CADENCE)
            expect(apart).toBeLessThanOrEqual(1.5 * CADENCE)
          }
          if (each.reading.bridged) expect(each.reading.values).toEqual(real?.values)
          else real = each.reading
          before = each.reading
        }
      })
    }),
  )
})
