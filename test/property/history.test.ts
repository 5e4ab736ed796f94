import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Reading } from '../../src/domain/reading.ts'
import { slidingWindow } from '../../src/window/sliding-window.ts'

const RESTART = 'restart'
type Event = readonly number[] | typeof RESTART

const shapes = fc.record({
  channels: fc.integer({ min: 1, max: 3 }),
  steps: fc.integer({ min: 1, max: 5 }),
  stride: fc.integer({ min: 1, max: 4 }),
})

const cases = shapes.chain((shape) => {
  const value = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: -99, max: 99 }) }, fc.constant(Number.NaN))
  const row = fc.array(value, { minLength: shape.channels, maxLength: shape.channels })
  const event: fc.Arbitrary<Event> = fc.oneof({ weight: 15, arbitrary: row }, fc.constant<Event>(RESTART))
  return fc.record({ shape: fc.constant(shape), events: fc.array(event, { maxLength: 80 }) })
})

function reading(row: number, values: readonly number[]): Reading {
  return { eventTime: row, ingestTime: row, values: new Float64Array(values), bridged: false }
}

/** What the window should show after these rows, by the simplest means: all rows since the restart, filled forward. */
function naive(rows: readonly (readonly number[])[], steps: number, stride: number): number[] | undefined {
  if (rows.length < steps * stride) return undefined
  const filled = rows.map((row, index) =>
    row.map(
      (_, channel) =>
        rows
          .slice(0, index + 1)
          .map((each) => each[channel]!)
          .findLast((value) => !Number.isNaN(value)) ?? Number.NaN,
    ),
  )
  return Array.from({ length: steps }, (_, step) => filled.at(-1 - (steps - 1 - step) * stride)!).flat()
}

it('sliding window - shows what an array of all rows would, over any rows and restarts', () => {
  fc.assert(
    fc.property(cases, ({ shape: { channels, steps, stride }, events }) => {
      const window = slidingWindow({ channels, cadence: 1, lookback: steps * stride, stride })
      let state = window.initial()
      let rows: (readonly number[])[] = []
      events.forEach((event, index) => {
        if (event === RESTART) {
          state = window.restart(state)
          rows = []
          return
        }
        rows.push(event)
        const next = window.step(state, reading(index, event))
        state = next.state
        const target = next.output && new Float32Array(steps * channels)
        if (target) next.output?.copyTo(target)
        expect(target && [...target]).toEqual(naive(rows, steps, stride))
      })
    }),
  )
})

it('sliding window - resumed from a copy of its state it goes on as if it had never stopped', () => {
  fc.assert(
    fc.property(cases, fc.nat(80), ({ shape: { channels, steps, stride }, events }, stop) => {
      const window = slidingWindow({ channels, cadence: 1, lookback: steps * stride, stride })
      const run = (resumeAt: number): unknown[] => {
        let state = window.initial()
        return events.map((event, index) => {
          if (index === resumeAt) state = structuredClone(state)
          if (event === RESTART) {
            state = window.restart(state)
            return RESTART
          }
          const next = window.step(state, reading(index, event))
          state = next.state
          const target = new Float32Array(steps * channels)
          next.output?.copyTo(target)
          return [next.output?.issuedAt, ...target]
        })
      }
      expect(run(stop)).toEqual(run(-1))
    }),
  )
})

it('sliding window - its memory is the same arrays from the first row to the last', () => {
  const window = slidingWindow({ channels: 14, cadence: 600_000, lookback: 1440, stride: 6 })
  let state = window.initial()
  const { ring, known } = state
  const sizes = Object.keys(state).length
  for (let row = 0; row < 5_000; row++)
    state = window.step(state, reading(row, new Array<number>(14).fill(row))).state
  expect(state.ring).toBe(ring)
  expect(state.known).toBe(known)
  expect(ring.byteLength).toBe(1440 * 14 * 4)
  expect(Object.keys(state)).toHaveLength(sizes)
})
