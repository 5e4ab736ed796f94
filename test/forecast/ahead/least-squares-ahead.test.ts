import { serialize } from 'node:v8'
import { describe, expect, it } from 'vitest'
import { aheadExperts, aheadNames } from '../../../src/experts/ahead.ts'
import { stationOf } from '../series.ts'
import { HOURS, lived, powerOf, windStation, winds } from './winds.ts'

const experts = aheadExperts(windStation, { seed: 1 })
/** The network among them is tested where networks are. */
const linear = experts.filter(({ training }) => !training)

describe('least squares ahead', () => {
  it.each(linear.map(({ forecaster }) => [forecaster.name, forecaster] as const))(
    'least squares ahead - %s learns a curve that bends twice of a quantity it was told only the name of',
    (_, expert) => {
      const { forecasts } = lived(expert)
      let [error, naive, count] = [0, 0, 0]
      for (let hour = 600; hour < HOURS - 150; hour++) {
        const truth = powerOf(winds[hour + 12]!)
        error += Math.abs(forecasts[hour]![11]! - truth)
        naive += Math.abs(powerOf(winds[hour]!) - truth)
        count++
      }
      expect(naive / count).toBeGreaterThan(3)
      expect(error / count).toBeLessThan(1.2)
    },
  )

  it('least squares ahead - it says nothing before it has learnt, nor of hours of which nothing is said', () => {
    const { forecasts } = lived(linear[0]!.forecaster)
    expect(forecasts.slice(0, 100).every((one) => one === undefined)).toBe(true)
    // The last run was issued 108 h before the end, and reaches 48 h.
    const ended = HOURS - 108 + 40
    expect(Array.from(forecasts[ended]!, Number.isFinite)).toEqual(
      Array.from({ length: 24 }, (_, lead) => lead < 8),
    )
    expect(forecasts.at(-1)).toBeUndefined()
  })

  it('least squares ahead - goes on from a state that was written out, to the last bit', () => {
    const until = 300
    const [whole, stopped] = [{}, { stopAt: 200 }].map(
      (options) => lived(linear[0]!.forecaster, { ...options, until }).forecasts,
    )
    expect(stopped).toEqual(whole)
    expect(whole!.at(-1)!.every(Number.isFinite)).toBe(true)
  })

  it('least squares ahead - what it knows is bounded', () => {
    const sizes = [300, 600].map((until) => serialize(lived(linear[0]!.forecaster, { until }).state).length)
    expect(sizes[1]).toBeLessThan(sizes[0]! + 64)
    expect(sizes[1]).toBeLessThan(400_000)
  })

  it('least squares ahead - a station that names no quantity has none of them, and holidays are inputs beside', () => {
    expect([aheadExperts(stationOf(), { seed: 1 }), aheadNames(stationOf())]).toEqual([[], []])
    expect(aheadNames(windStation)).toEqual(experts.map(({ forecaster }) => forecaster.name))
    expect(experts[0]!.inputs).toEqual(['met.wind'])
    const german = aheadExperts({ ...windStation, holidays: 'DE' }, { seed: 1 })
    expect(german[0]!.inputs).toEqual(['met.wind', 'holiday', 'day_before_holiday', 'day_after_holiday'])
  })
})
