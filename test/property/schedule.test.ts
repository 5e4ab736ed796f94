import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HOUR, type Instant, MINUTE } from '../../src/domain/instant.ts'
import {
  adoptionAfter,
  dueRound,
  type ScheduleActions,
  type ScheduleOptions,
  schedule,
} from '../../src/learn/schedule.ts'

interface Entry extends ScheduleActions {
  readonly eventTime: Instant
}

/** What the schedule asks for over some readings; by default there are plenty of samples. */
function log(
  times: readonly Instant[],
  options: ScheduleOptions = {},
  samples = (_: Instant) => 1000,
): Entry[] {
  const fold = schedule(options)
  let state = fold.initial()
  return times.flatMap((eventTime) => {
    const next = fold.step(state, { eventTime, samples: samples(eventTime) })
    state = next.state
    return Object.keys(next.output).length === 0 ? [] : [{ eventTime, ...next.output }]
  })
}

const every = (span: number, from: Instant, to: Instant): Instant[] =>
  Array.from({ length: Math.floor((to - from) / span) + 1 }, (_, index) => from + index * span)

/** Rising event times with gaps from minutes to days. */
const timesArbitrary = fc
  .array(fc.oneof(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 90, max: 6000 })), { maxLength: 300 })
  .map((minutes) => {
    let at = Date.UTC(2009, 0, 1)
    return minutes.map((more) => {
      at += more * MINUTE
      return at
    })
  })

const optionsArbitrary = fc.record({
  trainEvery: fc.integer({ min: 1, max: 48 }).map((hours) => hours * HOUR),
  lag: fc.integer({ min: 0, max: 96 }).map((hours) => hours * HOUR),
})

test('schedule - ten-minute rows from midnight ask at noon and midnight, and take over twelve hours later', () => {
  const entries = log(every(10 * MINUTE, 0, 37 * HOUR))
  expect(entries).toEqual([
    { eventTime: 12 * HOUR, request: 1 },
    { eventTime: 24 * HOUR, adopt: 1, request: 2 },
    { eventTime: 36 * HOUR, adopt: 2, request: 3 },
  ])
})

test('schedule - no round is asked for before enough samples have matured', () => {
  const hours = (eventTime: Instant) => Math.floor(eventTime / HOUR)
  const [first] = log(every(HOUR, 0, 200 * HOUR), { minSamples: 72 }, hours)
  expect(first).toEqual({ eventTime: 72 * HOUR, request: 1 })
})

test('schedule - the first weights take effect when it was foretold, if readings go on', () => {
  const whole = (most: number) => fc.integer({ min: 1, max: most }).map((hours) => hours * HOUR)
  const [trainEvery, lag, offset, firstAt] = [whole(48), whole(96), whole(48), whole(200)]
  const minSamples = fc.integer({ min: 1, max: 100 })
  fc.assert(
    fc.property(fc.record({ trainEvery, lag, offset, minSamples }), firstAt, (options, first) => {
      const samples = (eventTime: Instant) => Math.max(0, Math.floor((eventTime - first) / HOUR) + 1)
      const entries = log(every(HOUR, 0, 500 * HOUR), options, samples)
      const foretold = adoptionAfter(options, { firstAt: first, every: HOUR, now: 0, further: 0 })
      expect(entries.find(({ adopt }) => adopt !== undefined)?.eventTime).toBe(foretold)
    }),
  )
})

test('schedule - a gap over many boundaries asks for one round', () => {
  const entries = log([11 * HOUR, 13 * HOUR, 500 * HOUR, 501 * HOUR])
  expect(entries).toEqual([
    { eventTime: 13 * HOUR, request: 1 },
    { eventTime: 500 * HOUR, adopt: 1, request: 2 },
  ])
})

test('schedule - rounds count from 1 without holes; each is taken over once, in order, no sooner than its lag', () => {
  fc.assert(
    fc.property(timesArbitrary, optionsArbitrary, (times, options) => {
      const entries = log(times, options)
      const requests = entries.filter((entry) => entry.request !== undefined)
      expect(requests.map(({ request }) => request)).toEqual(requests.map((_, index) => index + 1))
      const adoptions = entries.filter((entry) => entry.adopt !== undefined)
      let before = 0
      for (const { adopt, eventTime } of adoptions) {
        expect(adopt).toBeGreaterThan(before)
        expect(eventTime).toBeGreaterThanOrEqual(requests[adopt! - 1]!.eventTime + options.lag)
        before = adopt!
      }
    }),
  )
})

test('schedule - weights take effect at the very first reading at or after request + lag', () => {
  fc.assert(
    fc.property(timesArbitrary, optionsArbitrary, (times, options) => {
      const entries = log(times, options)
      for (const { request, eventTime: requestedAt } of entries.filter(
        (entry) => entry.request !== undefined,
      )) {
        const due = times.find((time) => time > requestedAt && time >= requestedAt + options.lag)
        const taken = entries.find(({ adopt = 0 }) => adopt >= request!)
        expect(taken?.eventTime).toBe(due)
      }
    }),
  )
})

test('schedule - what is due can be told ahead of the reading that brings it', () => {
  fc.assert(
    fc.property(timesArbitrary, optionsArbitrary, (times, options) => {
      const fold = schedule(options)
      let state = fold.initial()
      for (const eventTime of times) {
        const told = dueRound(state, eventTime)
        const next = fold.step(state, { eventTime, samples: 1000 })
        expect(next.output.adopt).toBe(told)
        state = next.state
      }
    }),
  )
})

test('schedule - resumed from its state put through JSON it goes on as if never stopped', () => {
  fc.assert(
    fc.property(timesArbitrary, fc.nat(), (times, at) => {
      const cut = times.length === 0 ? 0 : at % times.length
      const fold = schedule()
      let state = fold.initial()
      const resumed: Entry[] = []
      for (const [index, eventTime] of times.entries()) {
        if (index === cut) state = JSON.parse(JSON.stringify(state))
        const next = fold.step(state, { eventTime, samples: 1000 })
        state = next.state
        if (Object.keys(next.output).length > 0) resumed.push({ eventTime, ...next.output })
      }
      expect(resumed).toEqual(log(times))
    }),
  )
})

test('schedule - learners at different offsets ask in turns, each as often as before', () => {
  const asked = (offset: number) =>
    log(every(HOUR, 0, 72 * HOUR), { trainEvery: 24 * HOUR, lag: 8 * HOUR, offset })
      .filter(({ request }) => request !== undefined)
      .map(({ eventTime }) => eventTime / HOUR)
  expect([0, 8, 16].map((hours) => asked(hours * HOUR))).toEqual([
    [24, 48, 72],
    [8, 32, 56],
    [16, 40, 64],
  ])
})
