import { serialize } from 'node:v8'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Settlement } from '../../src/domain/forecast.ts'
import { DAY, HOUR, MINUTE } from '../../src/domain/instant.ts'
import { SCORE_WINDOWS } from '../../src/protocol/scores.ts'
import { type ByWindow, type Columns, WINDOW_HOURS, type Window } from '../../src/verify/hourly-sums.ts'
import { coverage, meanCrps, meanWidth } from '../../src/verify/interval-sums.ts'
import { bias, count, mae, rmse } from '../../src/verify/model-sums.ts'
import { type RollingState, rolling, type ScoreTable, scoreTable, skillIn } from '../../src/verify/rolling.ts'
import { START } from '../forecast/series.ts'
import { modelsPredicting } from './settlements.ts'

function settlement(
  validAt: number,
  predicted: Record<string, number>,
  { leadIndex = 0, truth = 0, half = 1 } = {},
): Settlement {
  const quantiles = Float64Array.of(-half, -half, -half, 0, half, half, half)
  const issuedAt = validAt - (leadIndex + 1) * HOUR
  return { issuedAt, validAt, leadIndex, truth, models: modelsPredicting(predicted), quantiles }
}

function scored(...settlements: Settlement[]): RollingState {
  return rolling.step(rolling.initial(), settlements).state
}

function hourly(from: number, to: number, error: (hour: number) => number): Settlement[] {
  return Array.from({ length: to - from }, (_, index) =>
    settlement(START + (from + index) * HOUR, { a: error(from + index) }),
  )
}

/** The same from a list of all settlements. */
function plainMae(all: readonly Settlement[], asOf: number): ByWindow<number | null> {
  const last = Math.max(asOf, ...all.map(({ validAt }) => validAt))
  const over = (hours: number): number | null => {
    const kept = all.filter(({ validAt }) => Math.floor(validAt / HOUR) > Math.floor(last / HOUR) - hours)
    return kept.length === 0
      ? null
      : kept.reduce((sum, { models }) => sum + Math.abs(models.get('a')![0]!), 0) / kept.length
  }
  return { '1d': over(24), '7d': over(7 * 24), '30d': over(30 * 24), all: over(Number.POSITIVE_INFINITY) }
}

/** A figure of a model, or of the intervals, in each window; null where it is unknown. */
function byWindow(
  sums: ByWindow<Columns> | undefined,
  of: (sums: Columns, lead: number) => number,
  leadIndex = 0,
): ByWindow<number | null> {
  const at = (window: Window): number | null => {
    const value = sums ? of(sums[window], leadIndex) : Number.NaN
    return Number.isNaN(value) ? null : value
  }
  return { '1d': at('1d'), '7d': at('7d'), '30d': at('30d'), all: at('all') }
}

function maeOf(table: ScoreTable, leadIndex = 0): ByWindow<number | null> {
  return byWindow(table.models.get('a'), mae, leadIndex)
}

/** All figures of a table, for comparing two. */
function figuresOf(table: ScoreTable): unknown {
  return [...table.models].map(([name, sums]) => [
    name,
    [mae, bias, rmse, count].map((of) => byWindow(sums, of)),
  ])
}

describe('rolling scores', () => {
  it('rolling - has the windows that travel', () => {
    expect(Object.keys(WINDOW_HOURS)).toEqual(SCORE_WINDOWS)
  })

  it('rolling - gives the mean absolute error and its number over a day, a week, 30 days and all', () => {
    const state = scored(...hourly(0, 40 * 24, (hour) => (hour % 2 === 0 ? hour : -hour)))
    const last = 40 * 24 - 1
    const mean = (hours: number): number => last - (hours - 1) / 2
    const table = scoreTable(state, START + last * HOUR)
    expect(maeOf(table)).toEqual({ '1d': mean(24), '7d': mean(168), '30d': mean(720), all: mean(960) })
    expect(byWindow(table.models.get('a'), count)).toEqual({ '1d': 24, '7d': 168, '30d': 720, all: 960 })
  })

  it('rolling - keeps leads and models apart, and says null where there is nothing', () => {
    const state = scored(
      settlement(START, { a: 1, b: 2 }, { leadIndex: 0 }),
      settlement(START, { a: 3 }, { leadIndex: 23 }),
    )
    const table = scoreTable(state, START)
    expect([0, 1, 23].map((lead) => maeOf(table, lead).all)).toEqual([1, null, 3])
    expect([0, 1, 23].map((lead) => count(table.models.get('b')!.all, lead))).toEqual([1, 0, 0])
    const inside = (lead: number) =>
      byWindow(table.intervals, (sums, lead) => coverage(sums, lead, 0), lead)['1d']
    expect([0, 1, 23].map(inside)).toEqual([1, null, 1])
  })

  it('rolling - is an empty table before anything is settled', () => {
    const table = scoreTable(rolling.initial(), START)
    expect(table.models.size).toBe(0)
    expect(table.intervals).toBeUndefined()
  })

  it('rolling - gives the share of truths within the 90 % interval, ends included, and its mean width', () => {
    const truths = [0, 1, -1, 1.1]
    const state = scored(
      ...truths.map((truth, hour) => settlement(START + hour * HOUR, { a: 0 }, { truth, half: 1 })),
    )
    const { intervals } = scoreTable(state, START + 3 * HOUR)
    const share = (sums: Columns, lead: number) => coverage(sums, lead, 0)
    expect(byWindow(intervals, share)).toEqual({ '1d': 0.75, '7d': 0.75, '30d': 0.75, all: 0.75 })
    expect(meanWidth(intervals!.all, 0, 0)).toBe(2)
    expect(meanCrps(intervals!.all, 0)).toBeGreaterThan(0)
  })

  it('rolling - gives bias with its sign, and the root of the mean square', () => {
    const table = scoreTable(scored(...hourly(0, 48, (hour) => (hour % 2 === 0 ? 1 : -7))), START + 47 * HOUR)
    expect(byWindow(table.models.get('a'), bias)).toEqual({ '1d': -3, '7d': -3, '30d': -3, all: -3 })
    expect(rmse(table.models.get('a')!['1d'], 0)).toBe(5)
  })

  it('rolling - compares a model with persistence over the same forecasts, or not at all', () => {
    // The model sleeps through the first 40 days, at which persistence is at its worst.
    const early = Array.from({ length: 40 * 24 }, (_, hour) =>
      settlement(START + hour * HOUR, { persistence: 10 }),
    )
    const late = Array.from({ length: 36 }, (_, hour) =>
      settlement(START + (40 * 24 + hour) * HOUR, { persistence: 2, a: 1 }),
    )
    const table = scoreTable(scored(...early, ...late), START + (40 * 24 + 35) * HOUR)
    const at = (window: Window) => skillIn(table, { model: 'a', reference: 'persistence', window, lead: 0 })
    expect(at('1d')).toBe(0.5)
    expect(at('7d')).toBeNaN()
    expect(at('all')).toBe(0.5)
  })

  it('rolling - agrees with the list of all settlements, through gaps, late ones and any issue interval', () => {
    const event = fc.record({
      minutes: fc.oneof(
        fc.integer({ min: 0, max: 120 }),
        fc.integer({ min: 0, max: 3 * 24 * 60 }),
        fc.constantFrom(29, 30, 31, 61).map((days) => days * 24 * 60),
      ),
      back: fc.oneof(
        { weight: 4, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 40 * 24 }) },
        { weight: 1, arbitrary: fc.constantFrom(23, 24, 25, 167, 168, 169, 719, 720, 721) },
      ),
      error: fc.integer({ min: -9, max: 9 }),
    })
    const ahead = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 35 * 24 }))
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 80 }), ahead, (events, ahead) => {
        let now = START
        let state = rolling.initial()
        const all: Settlement[] = []
        for (const { minutes, back, error } of events) {
          now += minutes * MINUTE
          const one = settlement(now - back * HOUR, { a: error })
          all.push(one)
          state = rolling.step(state, [one]).state
          const asOf = now + ahead * HOUR
          const got = maeOf(scoreTable(state, asOf))
          const plain = plainMae(all, asOf)
          for (const window of SCORE_WINDOWS) {
            const expected = plain[window]
            if (expected === null) expect(got[window]).toBeNull()
            else expect(got[window]).toBeCloseTo(expected, 9)
          }
        }
      }),
    )
  })

  it('rolling - does not drift: errors of a billion leave nothing behind once they have left the window', () => {
    const huge = hourly(0, 2000, (hour) => 1e9 / 3 + hour / 7)
    // An hour that has closed is kept in single precision, which holds this one whole.
    const small = hourly(2000, 4000, () => 0.125)
    const { '1d': day, '30d': month } = maeOf(scoreTable(scored(...huge, ...small), START + 3999 * HOUR))
    expect(day).toBeCloseTo(0.125, 12)
    expect(month).toBeCloseTo(0.125, 12)
  })

  it('rolling - needs no more memory for a forecast a minute than for one an hour, nor after a year', () => {
    const sizeAfter = (days: number, every: number): number => {
      let state = rolling.initial()
      for (let time = START; time < START + days * DAY; time += every) {
        state = rolling.step(state, [settlement(time, { a: 1.5, b: 2.5 })]).state
      }
      return serialize(state).length
    }
    const size = sizeAfter(40, HOUR)
    expect(sizeAfter(40, MINUTE)).toBe(size)
    expect(sizeAfter(365, HOUR)).toBe(size)
  })

  it('rolling - goes on from a copy of its state as if it had never stopped', () => {
    const state = scored(...hourly(0, 1000, (hour) => Math.sin(hour)))
    const copy = structuredClone(state)
    const rest = hourly(1000, 2000, (hour) => Math.cos(hour))
    const [one, other] = [rolling.step(state, rest).state, rolling.step(copy, rest).state]
    const end = START + 2000 * HOUR
    expect(figuresOf(scoreTable(one, end))).toEqual(figuresOf(scoreTable(other, end)))
  })
})
