import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Pacer } from '../../replay/pacer.ts'
import type { Clock } from '../../src/domain/clock.ts'
import { MINUTE, SECOND } from '../../src/domain/instant.ts'
import { leapingClock } from '../replay/leaping-clock.ts'

const never = new AbortController().signal

async function playedAt(pacer: Pacer, eventTime: number): Promise<void> {
  for (let wait = pacer.until(eventTime, never); wait; wait = pacer.until(eventTime, never)) await wait
}

const speeds = fc.oneof(fc.constantFrom(1, 60, 3600, 1e6), fc.double({ min: 1, max: 1e6, noNaN: true }))
const gaps = fc.array(fc.integer({ min: 0, max: 90 * MINUTE }), { minLength: 1, maxLength: 60 })

test('pacer - however late the timers wake, no row is early and none is later than the last timer was', async () => {
  await fc.assert(
    fc.asyncProperty(
      speeds,
      gaps,
      fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1 }),
      async (speed, steps, late) => {
        let slept = 0
        const clock = leapingClock({ start: 1e12, oversleeps: () => late[slept++ % late.length] ?? 0 })
        const pacer = new Pacer({ clock, speed })
        let event = 0
        await playedAt(pacer, event)
        const begun = clock.now()
        for (const step of steps) {
          event += step
          await playedAt(pacer, event)
          const lateness = clock.now() - begun - event / speed
          expect(lateness).toBeGreaterThan(-1.001)
          expect(lateness).toBeLessThanOrEqual(Math.max(...late) + 0.001)
        }
      },
    ),
  )
})

test('pacer - a change of speed halfway between two rows keeps the half that was waited', async () => {
  await fc.assert(
    fc.asyncProperty(
      speeds,
      speeds,
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (before, after, share) => {
        const clock = leapingClock()
        const pacer = new Pacer({ clock, speed: before })
        const gap = 10 * MINUTE
        fc.pre(gap / before > 1)
        await playedAt(pacer, 0)
        void pacer.until(gap, AbortSignal.abort())
        clock.pass((share * gap) / before)
        const changed = clock.now()
        pacer.speed = after
        await playedAt(pacer, gap)
        expect(Math.abs(clock.now() - changed - ((1 - share) * gap) / after)).toBeLessThan(1.001)
      },
    ),
  )
})

test('pacer - while the tape is paused no wall time counts', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 10 * 365 * 86_400 }), async (seconds) => {
      const clock = leapingClock()
      const pacer = new Pacer({ clock, speed: 60 })
      await playedAt(pacer, 0)
      void pacer.until(10 * MINUTE, AbortSignal.abort())
      clock.pass(4 * SECOND)
      pacer.pause()
      clock.pass(seconds * SECOND)
      const resumed = clock.now()
      await playedAt(pacer, 10 * MINUTE)
      expect(clock.now() - resumed).toBeCloseTo(6 * SECOND, 3)
    }),
  )
})

test('pacer - rows overdue at one speed are not caught up with at the next', async () => {
  const clock = leapingClock()
  const pacer = new Pacer({ clock, speed: 3600 })
  await playedAt(pacer, 0)
  await playedAt(pacer, 10 * MINUTE)
  clock.pass(60 * SECOND)
  pacer.speed = 60
  const changed = clock.now()
  await playedAt(pacer, 20 * MINUTE)
  expect(clock.now() - changed).toBeCloseTo(10 * SECOND, 3)
  await playedAt(pacer, 30 * MINUTE)
  expect(clock.now() - changed).toBeCloseTo(20 * SECOND, 3)
})

test('pacer - as fast as possible never sleeps, but yields to the event loop', async () => {
  const sleeps: number[] = []
  const clock = leapingClock()
  const watched: Clock = {
    now: clock.now,
    sleep(ms, signal) {
      sleeps.push(ms)
      return clock.sleep(ms, signal)
    },
  }
  const pacer = new Pacer({ clock: watched, speed: Number.POSITIVE_INFINITY })
  for (let row = 0; row < 5000; row++) await playedAt(pacer, row * 10 * MINUTE)
  expect(new Set(sleeps)).toEqual(new Set([0]))
  expect(sleeps.length).toBeGreaterThan(5)
  expect(sleeps.length).toBeLessThan(50)
})

test('pacer - after a jump the next row is due at once, wherever it is', async () => {
  const clock = leapingClock()
  const pacer = new Pacer({ clock, speed: 1 })
  await playedAt(pacer, 0)
  for (const place of [365 * 24 * 60 * MINUTE, -MINUTE]) {
    const before = clock.now()
    pacer.jump()
    await playedAt(pacer, place)
    expect(clock.now()).toBe(before)
  }
})
