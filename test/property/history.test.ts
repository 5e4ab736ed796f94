import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { appendRow, emptyHistory, firstRowFrom, truthAt } from '../../src/core/history.ts'
import { contents, windowing } from '../core/windowing.ts'
import { stored } from '../forecast/stored.ts'

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

describe('history properties', () => {
  it('history - the first row from a time on is what a walk over all of them finds, beyond either end too', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 140 })
    fc.assert(
      fc.property(gaps, fc.integer({ min: -3, max: 720 }), fc.nat(150), (steps, time, guess) => {
        const history = emptyHistory(0)
        const times: number[] = []
        for (const step of steps) {
          times.push((times.at(-1) ?? 0) + step)
          appendRow(history, { time: times.at(-1)!, measured: 0, inputs: [] }, 1e6)
        }
        const found = times.findIndex((at) => at >= time)
        expect(firstRowFrom(history, time, guess)).toBe(found < 0 ? times.length : found)
        expect(firstRowFrom(history, 1e9)).toBe(times.length)
      }),
    )
  })

  it('history - finds the truth that a search from its end finds, whatever row is guessed', () => {
    const rows = fc.array(fc.record({ step: fc.integer({ min: 1, max: 5 }), measured: fc.boolean() }), {
      minLength: 1,
      maxLength: 60,
    })
    const span = fc.integer({ min: 0, max: 12 })
    const search = fc.record({
      time: fc.integer({ min: -10, max: 200 }),
      rule: fc.record({ tolerance: span, line: span, hold: span }),
      guess: fc.integer({ min: -20, max: 80 }),
    })
    fc.assert(
      fc.property(rows, fc.array(search, { minLength: 1, maxLength: 20 }), (rows, searches) => {
        const history = emptyHistory(0)
        let now = 0
        for (const [row, { step, measured }] of rows.entries()) {
          now += step
          appendRow(history, { time: now, measured: measured ? row : Number.NaN, inputs: [] }, 100)
        }
        for (const { time, rule, guess } of searches) {
          const found = truthAt(history, time, { rule, guess })
          expect(found).toBe(truthAt(history, time, { rule, guess: history.rows }))
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('window properties', () => {
  it('window - shows what an array of all rows would, over any rows and restarts', () => {
    fc.assert(
      fc.property(cases, ({ shape: { channels, steps, stride }, events }) => {
        const { slide, restart } = windowing({ channels, cadence: 1, lookback: steps * stride, stride })
        let rows: (readonly number[])[] = []
        events.forEach((event, index) => {
          if (event === RESTART) {
            restart()
            rows = []
            return
          }
          rows.push(event)
          const lookback = slide(index, event)
          expect(lookback && contents(lookback)).toEqual(naive(rows, steps, stride))
        })
      }),
    )
  })

  it('window - goes on from a state that was written out as if it had never stopped', () => {
    fc.assert(
      fc.property(cases, fc.nat(80), ({ shape: { channels, steps, stride }, events }, stop) => {
        const options = { channels, cadence: 1, lookback: steps * stride, stride }
        const run = (resumeAt: number): unknown[] => {
          let window = windowing(options)
          return events.map((event, index) => {
            if (index === resumeAt) {
              const { state, history } = window
              window = windowing(options, stored({ state, history }))
            }
            if (event === RESTART) {
              window.restart()
              return RESTART
            }
            const lookback = window.slide(index, event)
            return lookback && [lookback.issuedAt, ...contents(lookback)]
          })
        }
        expect(run(stop)).toEqual(run(-1))
      }),
    )
  })
})
