import { serialize } from 'node:v8'
import { describe, expect, it } from 'vitest'
import { HOUR, type Instant } from '../../../src/domain/instant.ts'
import type { OutsideForecast } from '../../../src/domain/outside.ts'
import { normal, seededRandom } from '../../../src/domain/random.ts'
import type { Station } from '../../../src/domain/station.ts'
import { aheadExperts, aheadNames } from '../../../src/experts/ahead.ts'
import {
  type AheadState,
  aheadNow,
  passHour,
  takeInQuantity,
} from '../../../src/forecast/ahead/ahead-book.ts'
import type { AheadNow } from '../../../src/forecast/ahead/ahead-columns.ts'
import type { Forecaster } from '../../../src/forecast/forecaster.ts'
import { readingOf, START, stationOf } from '../series.ts'
import { stored } from '../stored.ts'

const station: Station = { ...stationOf(), outside: [{ issuer: 'met', quantity: 'wind' }] }
const HOURS = 40 * 24
const at = (hour: number): Instant => START + hour * HOUR

/** A wind that wanders, and what it makes of it: nothing below, as much as there is above. */
const random = seededRandom(5)
const winds: number[] = [0]
for (let hour = 1; hour < HOURS + 60; hour++) winds.push(0.9 * winds.at(-1)! + normal(random))
const powerOf = (wind: number): number => Math.min(10, Math.max(0, 5 * (wind + 0.5)))

function run(hour: number): OutsideForecast {
  const hours = Array.from({ length: 48 }, (_, lead) => hour + 1 + lead)
  return {
    ...{ issuer: 'met', quantity: 'wind', issuedAt: at(hour), availableAt: at(hour) },
    validAt: Float64Array.from(hours, at),
    mean: Float64Array.from(hours, (each) => winds[each]!),
    spread: new Float64Array(48).fill(Number.NaN),
  }
}

interface Lived {
  readonly state: unknown
  readonly forecasts: (Float64Array | undefined)[]
}

/** Through the hours, learning of each issue a day later. `stopAt`: where its state is written out and read in. */
function lived(
  expert: Forecaster,
  { stopAt, until = HOURS }: { stopAt?: number; until?: number } = {},
): Lived {
  let state = expert.initial()
  const book: AheadState = {}
  const said: (AheadNow | undefined)[] = []
  const forecasts: (Float64Array | undefined)[] = []
  for (let hour = 0; hour < until; hour++) {
    if (hour % 12 === 0 && hour < HOURS - 100) takeInQuantity(book, run(hour), 'wind')
    passHour(book, at(hour))
    const ahead = aheadNow(book, at(hour))
    said.push(ahead)
    if (hour === stopAt) state = stored(state)
    expert.observe(state, readingOf(at(hour), powerOf(winds[hour]!)))
    const then = hour - 24
    const known = said[then]
    if (known) {
      const truth = Float64Array.from({ length: 24 }, (_, lead) => powerOf(winds[then + 1 + lead]!))
      const current = powerOf(winds[then]!)
      const features = new Float64Array(0)
      expert.learn?.(state, { issuedAt: at(then), current, features, ahead: known, truth })
    }
    const issue = { issuedAt: at(hour), current: powerOf(winds[hour]!), lookback: undefined }
    forecasts.push(expert.predict(state, { ...issue, ...(ahead && { ahead }) }))
  }
  return { state, forecasts }
}

const experts = aheadExperts(station, { seed: 1 })

describe('least squares ahead', () => {
  it.each(experts.map(({ forecaster }) => [forecaster.name, forecaster] as const))(
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
    const { forecasts } = lived(experts[0]!.forecaster)
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
      (options) => lived(experts[0]!.forecaster, { ...options, until }).forecasts,
    )
    expect(stopped).toEqual(whole)
    expect(whole!.at(-1)!.every(Number.isFinite)).toBe(true)
  })

  it('least squares ahead - what it knows is bounded', () => {
    const sizes = [300, 600].map((until) => serialize(lived(experts[0]!.forecaster, { until }).state).length)
    expect(sizes[1]).toBeLessThan(sizes[0]! + 64)
    expect(sizes[1]).toBeLessThan(400_000)
  })

  it('least squares ahead - a station that names no quantity has none of them, and holidays are inputs beside', () => {
    expect([aheadExperts(stationOf(), { seed: 1 }), aheadNames(stationOf())]).toEqual([[], []])
    expect(aheadNames(station)).toEqual(experts.map(({ forecaster }) => forecaster.name))
    expect(experts[0]!.inputs).toEqual(['met.wind'])
    const german = aheadExperts({ ...station, holidays: 'DE' }, { seed: 1 })
    expect(german[0]!.inputs).toEqual(['met.wind', 'holiday', 'day_before_holiday', 'day_after_holiday'])
  })
})
