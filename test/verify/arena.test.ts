import { describe, expect, it } from 'vitest'
import { LEADS } from '../../src/domain/forecast.ts'
import { DAY, HOUR, type Instant } from '../../src/domain/instant.ts'
import { normal, seededRandom } from '../../src/domain/random.ts'
import { arenaResult } from '../../src/verify/arena.ts'
import {
  type ArenaForecast,
  type ArenaOptions,
  emptyArena,
  takeForecast,
} from '../../src/verify/arena-sums.ts'
import { dailyDifferences, MOST_MODELS } from '../../src/verify/loss-sums.ts'

const START: Instant = Date.UTC(2026, 0, 1)
const flat = (value: number) => new Float64Array(LEADS).fill(value)

function forecastAt(hour: number, models: Readonly<Record<string, number>>, truth = 0): ArenaForecast {
  return {
    issuedAt: START + hour * HOUR,
    truth: flat(truth),
    models: new Map(Object.entries(models).map(([name, value]) => [name, flat(value)])),
  }
}

function played(
  hours: number,
  of: (hour: number) => Readonly<Record<string, number>>,
  options: Partial<ArenaOptions> = {},
) {
  const state = emptyArena()
  for (let hour = 0; hour < hours; hour++)
    takeForecast(state, forecastAt(hour, of(hour)), { leadIndex: 5, utcOffset: 0, ...options })
  return state
}

const judged = (state: ReturnType<typeof played>, all = false) =>
  arenaResult(state, { reference: 'mixture', leadIndex: 5, all })

describe('arena', () => {
  it('arena - everybody is compared over the forecasts that all of them made', () => {
    // The late one is spared the first ten days, which were hard for all.
    const state = played(30 * 24, (hour) => {
      const hard = hour < 240 ? 10 : 1
      return { mixture: hard, rls: 2 * hard, ...(hour >= 240 && { late: 1.5 }) }
    })
    const { models, whole, best } = judged(state)
    expect(models).toEqual(['mixture', 'late', 'rls'])
    expect(whole!.forecasts).toBe(20 * 24)
    expect(whole!.maes).toEqual([1, 1.5, 2])
    expect(best.map(({ against, difference }) => [against, difference])).toEqual([
      ['late', -0.5],
      ['rls', -1],
    ])
  })

  it('arena - who has less than half of the forecasts stands apart, over those of both', () => {
    const state = played(30 * 24, (hour) => ({ mixture: 1, rls: 2, ...(hour >= 500 && { late: 5 }) }))
    const { models, whole, apart } = judged(state)
    expect(models).toEqual(['mixture', 'rls'])
    expect(whole!.forecasts).toBe(720)
    expect(apart).toMatchObject([
      { model: 'late', against: 'mixture', forecasts: 220, mae: 5, maeAgainst: 1 },
    ])
    expect(judged(state, true).models).toEqual(['mixture', 'rls', 'late'])
  })

  it('arena - a truth that never came and a lead that one slept through count for nobody', () => {
    const state = emptyArena()
    const options = { leadIndex: 5, utcOffset: 0 }
    const one = forecastAt(0, { mixture: 1, rls: 2 })
    one.truth[5] = Number.NaN
    const two = forecastAt(1, { mixture: 1, rls: 2 })
    two.models.get('rls')![5] = Number.NaN
    for (const each of [one, two, forecastAt(2, { mixture: 1, rls: 2 })]) takeForecast(state, each, options)
    expect(judged(state).whole!.forecasts).toBe(1)
    expect(judged(state).tables[0]!.rows.map(({ forecasts }) => forecasts)).toEqual(
      Array.from({ length: LEADS }, (_, lead) => (lead === 5 ? 1 : 3)),
    )
  })

  it('arena - months, and the time asked for, are of issue', () => {
    const year = (options: Partial<ArenaOptions>) =>
      judged(played(365 * 24, () => ({ mixture: 1, rls: 2 }), options))
    expect(year({ months: [12, 1, 2] }).issues).toBe((31 + 31 + 28) * 24)
    expect(year({ from: START + DAY, to: START + 3 * DAY }).issues).toBe(48)
    const { tables } = year({})
    const months = tables.find(({ by }) => by === 'month')!
    expect(months.rows.map(({ label, forecasts }) => [label, forecasts]).slice(0, 2)).toEqual([
      ['January', 744],
      ['February', 672],
    ])
  })

  it('arena - hours of the day are those of the valid time, by the clock of the station', () => {
    // At +6 h, an issue between 0 and 6 h is of 6 to 12 h.
    const better = (hour: number) => ({ mixture: hour % 24 < 6 ? 1 : 2, rls: 2 })
    const hoursOf = (utcOffset: number) =>
      judged(played(20 * 24, better, { utcOffset }))
        .tables.find(({ by }) => by === 'hours')!
        .rows.map(({ duels }) => duels[0]!.difference)
    expect(hoursOf(0)).toEqual([0, 1, 0, 0])
    expect(hoursOf(6 * HOUR)).toEqual([0, 0, 1, 0])
  })

  it('arena - change is what was seen before the issue, in three parts, and nothing that came after', () => {
    // Three days of four the target stands still, then it goes by one an hour.
    let current = 0
    const state = played(40 * 24, (hour) => {
      if (Math.floor(hour / 24) % 4 === 3) current += 1
      return { mixture: 1, rls: 2, persistence: current }
    })
    const { rows } = judged(state).tables.find(({ by }) => by === 'change')!
    expect(rows.map(({ label }) => label)).toEqual(['up to 0', 'more than 0'])
    expect(rows.reduce((sum, { forecasts }) => sum + forecasts, 0)).toBe(40 * 24 - 3)
    const without = played(20 * 24, () => ({ mixture: 1, rls: 2 }))
    expect(judged(without).tables.find(({ by }) => by === 'change')!.rows).toEqual([])
  })

  it('arena - of equals a table with 48 comparisons calls one different no more often than the level says', () => {
    const called = Array.from({ length: 30 }, (_, seed) => {
      const random = seededRandom(seed)
      const state = emptyArena()
      for (let hour = 0; hour < 20 * 24; hour++) {
        const models = new Map(
          ['mixture', 'a', 'b'].map((name) => [
            name,
            Float64Array.from({ length: LEADS }, () => normal(random)),
          ]),
        )
        const issuedAt = START + hour * HOUR
        takeForecast(state, { issuedAt, truth: flat(0), models }, { leadIndex: 5, utcOffset: 0 })
      }
      const duels = judged(state).tables[0]!.rows.flatMap((row) => row.duels)
      expect(duels).toHaveLength(48)
      for (const { p, adjusted } of duels) expect(adjusted).toBeGreaterThanOrEqual(p)
      return duels.some(({ adjusted }) => adjusted < 0.05)
    })
    // Of 30 at 5 % more than 5 are called in 3 of 1000 tests that are right.
    expect(called.filter(Boolean).length).toBeLessThanOrEqual(5)
  })

  it('arena - what it holds grows with the days, not with the forecasts', () => {
    const state = emptyArena()
    for (let minute = 0; minute < 3 * 24 * 60; minute += 10)
      takeForecast(
        state,
        { ...forecastAt(0, { mixture: 1, rls: 2 }), issuedAt: START + (minute * HOUR) / 60 },
        { leadIndex: 5, utcOffset: 0 },
      )
    expect(state.leads.map((days) => days.size)).toEqual(Array(LEADS).fill(3))
    const { counts } = dailyDifferences(state.leads[0]!, [0, 1])
    expect([...counts]).toEqual([144, 144, 144])
  })

  it('arena - more models than can be told apart are named, not mixed up', () => {
    const many = Object.fromEntries(Array.from({ length: MOST_MODELS + 2 }, (_, at) => [`m${at}`, at]))
    const { leftOut, models } = arenaResult(
      played(20 * 24, () => many),
      { reference: 'm3', leadIndex: 5 },
    )
    expect(leftOut).toEqual(['m52', 'm53'])
    expect(models).toHaveLength(MOST_MODELS)
    expect(models[0]).toBe('m0')
  })

  it('arena - nobody, and one alone, are no contest', () => {
    expect(judged(emptyArena())).toMatchObject({ whole: undefined, best: [], apart: [] })
    expect(judged(played(48, () => ({ mixture: 1 })))).toMatchObject({ models: ['mixture'], best: [] })
  })
})
