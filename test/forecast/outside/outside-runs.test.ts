import { describe, expect, it } from 'vitest'
import { HOUR } from '../../../src/domain/instant.ts'
import type { OutsideForecast } from '../../../src/domain/outside.ts'
import {
  type OutsideRuns,
  valueAt,
  withoutPast,
  withRun,
} from '../../../src/forecast/outside/outside-runs.ts'

function run(issued: number, hours: readonly number[], mean: number, available = issued): OutsideForecast {
  return {
    issuer: 'met',
    issuedAt: issued * HOUR,
    availableAt: available * HOUR,
    validAt: Float64Array.from(hours, (hour) => hour * HOUR),
    mean: Float64Array.from(hours, (_, index) => mean + index),
    spread: new Float64Array(hours.length).fill(Number.NaN),
  }
}

const runsOf = (...runs: readonly OutsideForecast[]): OutsideRuns => runs.reduce<OutsideRuns>(withRun, [])
const said = (runs: OutsideRuns, hour: number, known: number) =>
  valueAt(runs, hour * HOUR, known * HOUR)?.mean

describe('outside runs', () => {
  it('outside runs - the newest issue that is there and reaches a time is what counts, in whatever order they come', () => {
    const [early, late] = [run(0, [1, 2, 3, 4], 10), run(2, [3, 4], 20, 3)]
    for (const runs of [runsOf(early, late), runsOf(late, early)]) {
      expect([said(runs, 3, 2), said(runs, 3, 3), said(runs, 2, 3)]).toEqual([12, 20, 11])
    }
  })

  it('outside runs - a revision stands before what it revises, and leaves it the leads that it has not', () => {
    const runs = runsOf(run(0, [1, 2, 3], 10), run(0, [2], 50, 1))
    expect([said(runs, 2, 0), said(runs, 2, 1), said(runs, 3, 1)]).toEqual([11, 50, 12])
  })

  it('outside runs - between two leads at most three hours apart it is on the line, further apart and beyond it is unknown', () => {
    const runs = runsOf(run(0, [1, 3, 9], 10))
    expect([2, 1.5, 6, 0.5, 10].map((hour) => said(runs, hour, 0))).toEqual([
      10.5,
      10.25,
      undefined,
      undefined,
      undefined,
    ])
  })

  it('outside runs - who tells of each lead in a message of its own is heard in full, and not before', () => {
    const hours = Array.from({ length: 24 }, (_, index) => index + 1)
    const apart = runsOf(...hours.map((hour) => run(0, [hour], hour, hour / 100)))
    expect(hours.map((hour) => said(apart, hour, 1))).toEqual(hours)
    expect(said(apart, 24, 0.23)).toBeUndefined()
    expect(said(apart, 1, 0)).toBeUndefined()
    const revised = runsOf(...hours.map((times) => run(0, [1, 2], 10 * times)))
    expect(said(revised, 1, 0)).toBe(240)
    expect(Math.max(apart.length, revised.length)).toBe(12)
  })

  it('outside runs - keeps twelve of them, and none of which nothing is to come', () => {
    const runs = Array.from({ length: 40 }, (_, hour) =>
      run(hour, [hour + 1, hour + 2], hour),
    ).reduce<OutsideRuns>(withRun, [])
    expect(runs.map(({ issuedAt }) => issuedAt / HOUR)).toEqual(
      Array.from({ length: 12 }, (_, index) => 39 - index),
    )
    expect(withoutPast(runs, 40 * HOUR)).toHaveLength(1)
    expect(withoutPast(runs, 41 * HOUR)).toEqual([])
  })
})
