import { describe, expect, it } from 'vitest'
import type { Settlement } from '../../src/domain/forecast.ts'
import { DAY, HOUR } from '../../src/domain/instant.ts'
import { headToHead, headToHeadResult } from '../../src/verify/head-to-head.ts'
import { START } from '../forecast/series.ts'
import { settlementOf } from './settlements.ts'

const comparison = headToHead('mixture', 'persistence')

/** Hour by hour from the first issue on, each day with its own errors: the published forecast's and the reference's. */
function ran(days: number, errors: (day: number) => readonly [number, number]) {
  const state = comparison.initial()
  for (let hour = 24; hour < days * 24; hour++) {
    const [mixture, persistence] = errors(Math.floor(hour / 24))
    comparison.step(state, [settlementOf(START + hour * HOUR, { mixture, persistence })])
  }
  return { state, ...headToHeadResult(state) }
}

describe('head to head', () => {
  it('head to head - below for good from the day after the last at whose end it was not', () => {
    // Days 1..9 lose by 1, then every day wins by 2: even at the end of the 15th day or so, below ever after.
    const { belowFromDay } = ran(100, (day) => (day < 10 ? [2, 1] : [0, 2]))
    // Nine days are lost; four better ones are not enough, five are: day index 14, the 15th day.
    expect(belowFromDay).toBe(15)
  })

  it('head to head - never below for good where the last day is not', () => {
    expect(ran(60, () => [2, 1]).belowFromDay).toBeNull()
    expect(ran(60, () => [1, 1]).belowFromDay).toBeNull()
    expect(headToHeadResult(comparison.initial()).belowFromDay).toBeNull()
  })

  it('head to head - below from the second day on, the first at whose end anything has matured', () => {
    expect(ran(60, () => [1, 2]).belowFromDay).toBe(1)
  })

  it('head to head - counts the windows of 30 days, one ending with each day, in which it was ahead', () => {
    // A lead of 1 a day for 45 days, then the reference's for 45 more: a window counts as better while more of its days are ahead.
    const { windows, winRate } = ran(92, (day) => (day <= 45 ? [1, 2] : [2, 1]))
    expect(windows).toBe(61)
    expect(winRate! * windows).toBe(30)
  })

  it('head to head - compares only where both had a forecast, and only at +24 h', () => {
    const state = comparison.initial()
    const settlements: Settlement[] = []
    for (let day = 1; day < 40; day++) {
      settlements.push(
        settlementOf(START + day * DAY, { mixture: 1, persistence: 2 }),
        settlementOf(START + day * DAY + HOUR, { mixture: 9 }),
        settlementOf(START + day * DAY + HOUR, { mixture: 9, persistence: 0 }, { leadIndex: 5 }),
      )
    }
    comparison.step(state, settlements)
    expect(headToHeadResult(state)).toMatchObject({ winRate: 1, belowFromDay: 1 })
    expect(headToHeadResult(state).points.at(-1)).toMatchObject({ mae: 1, referenceMae: 2 })
  })

  it('head to head - keeps its points few however long it takes', () => {
    const { points, state } = ran(20 * 365, (day) => [1 + (day % 3), 2])
    expect(points.length).toBeLessThan(1024)
    expect(points.length).toBeGreaterThan(500)
    const steps = points.slice(1).map(({ at }, index) => at - points[index]!.at)
    expect(new Set(steps)).toEqual(new Set([state.stride * DAY]))
  })
})
