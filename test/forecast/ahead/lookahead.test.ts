import { describe, expect, it } from 'vitest'
import { LEADS } from '../../../src/domain/forecast.ts'
import { HOUR } from '../../../src/domain/instant.ts'
import { aheadInputs } from '../../../src/forecast/ahead/ahead-inputs.ts'
import { lookahead, lookaheadColumns } from '../../../src/forecast/ahead/lookahead.ts'
import type { Forecaster, Issue } from '../../../src/forecast/forecaster.ts'
import { stationOf } from '../series.ts'
import { HOURS, lived, powerOf, windStation, winds } from './winds.ts'

const STEPS = 24
const ahead = lookahead(windStation, { steps: STEPS, stepSpan: 3 * HOUR, seed: 1 })!
const columns = lookaheadColumns(windStation)!

/** Its base, and what it gave at each issue. */
function watched(): { readonly expert: Forecaster; readonly given: Float32Array[] } {
  const given: Float32Array[] = []
  const expert: Forecaster = {
    name: 'base',
    initial: ahead.initial,
    observe: (state, reading) => ahead.observe(state as never, reading),
    learn: (state, example) => {
      ahead.learn(state as never, example)
      return undefined
    },
    predict: (state, issue: Issue) => {
      given.push(ahead.at(state as never, issue))
      return Float64Array.from(given.at(-1)!.subarray(0, LEADS))
    },
  }
  return { expert, given }
}

const stepOf = (given: Float32Array, step: number) =>
  [...given.subarray(LEADS + step * columns)].slice(0, columns)

describe('lookahead', () => {
  it('lookahead - its base comes to know what the quantities mean; where nothing is said it is what was measured last', () => {
    const { forecasts } = lived(watched().expert)
    let [base, now] = [0, 0]
    for (let hour = 600; hour < HOURS - 150; hour++) {
      const truth = powerOf(winds[hour + 12]!)
      base += Math.abs(forecasts[hour]![11]! - truth)
      now += Math.abs(powerOf(winds[hour]!) - truth)
    }
    expect(base).toBeLessThan(0.2 * now)
    const measured = (hour: number) => Array.from({ length: LEADS }, () => Math.fround(powerOf(winds[hour]!)))
    expect([...forecasts[50]!]).toEqual(measured(50))
    // The last run was issued 108 h before the end, and reaches 48 h.
    const ended = HOURS - 108 + 40
    expect([...forecasts[ended]!].slice(8)).toEqual(measured(ended).slice(8))
    expect(forecasts[ended]![3]).not.toBe(measured(ended)[3])
  })

  it('lookahead - a step has what is said of 24 h later, the last of the last lead, and of its own time what was', () => {
    const { expert, given } = watched()
    lived(expert, { until: 500 })
    const then = given[450]!
    expect(stepOf(then, STEPS - 1)[0]).toBe(1)
    const [said, before, earlier] = [1, 2, 3].map((back) => stepOf(then, STEPS - back)[3]!)
    const [wind, ...rest] = [474, 471, 468].map((hour) => winds[hour]!)
    expect((said! - before!) / (said! - earlier!)).toBeCloseTo((wind! - rest[0]!) / (wind! - rest[1]!), 4)
    // Eight steps back is a day: what the curve made of that hour is now of the step's own time.
    expect(stepOf(then, STEPS - 1)[2]).toBeCloseTo(stepOf(then, STEPS - 9)[1]!, 6)
    // A table reaches a day back.
    expect(stepOf(then, 6)).toEqual(new Array(columns).fill(0))
    expect(given[50]!.subarray(LEADS).every((value) => value === 0)).toBe(true)
  })

  it('lookahead - of a station that names no quantity there is none, holidays or not', () => {
    const station = { ...stationOf(), holidays: 'DE-BY' }
    expect(lookahead(station, { steps: STEPS, stepSpan: 3 * HOUR, seed: 1 })).toBeUndefined()
    expect([aheadInputs(station), lookaheadColumns(station)]).toEqual([[], undefined])
    expect(aheadInputs({ ...windStation, holidays: 'DE-BY' }).length).toBe(4)
  })
})
