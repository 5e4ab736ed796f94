import { serialize } from 'node:v8'
import { describe, expect, it } from 'vitest'
import { HOUR, type Instant } from '../../../src/domain/instant.ts'
import type { OutsideForecast } from '../../../src/domain/outside.ts'
import {
  type AheadState,
  aheadNow,
  passHour,
  takeInQuantity,
} from '../../../src/forecast/ahead/ahead-book.ts'

const at = (hour: number): Instant => Date.UTC(2020, 0, 1) + hour * HOUR

/** Issued at an hour, of so many to come: of each hour the count of it. */
function run(hour: number, leads: number): OutsideForecast {
  const hours = Array.from({ length: leads }, (_, lead) => hour + 1 + lead)
  return {
    ...{ issuer: 'met', quantity: 'wind', issuedAt: at(hour), availableAt: at(hour) },
    validAt: Float64Array.from(hours, at),
    mean: Float64Array.from(hours),
    spread: new Float64Array(leads).fill(Number.NaN),
  }
}

/** With a run of two days every twelve hours. */
function lived(hours: number): AheadState {
  const state: AheadState = {}
  for (let hour = 0; hour <= hours; hour++) {
    if (hour % 12 === 0) takeInQuantity(state, run(hour, 48), 'wind')
    passHour(state, at(hour))
  }
  return state
}

describe('ahead book', () => {
  it('ahead book - of each hour what is said, what was said of it a day and a week before, and how old that is', () => {
    const column = aheadNow(lived(200), at(200))?.['met.wind']
    const hours = Array.from({ length: 26 }, (_, hour) => 200 + hour)
    expect(Array.from(column!.values)).toEqual(hours)
    expect(Array.from(column!.dayBefore)).toEqual(hours.map((hour) => hour - 24))
    expect(Array.from(column!.weekBefore)).toEqual(hours.map((hour) => hour - 168))
    expect(new Set(column!.age)).toEqual(new Set([200 - 192]))
  })

  it('ahead book - what a run said of its last hour is known at that hour, and gone after it', () => {
    const state: AheadState = {}
    takeInQuantity(state, run(0, 3), 'wind')
    passHour(state, at(3))
    expect(Array.from(aheadNow(state, at(3))!['met.wind']!.values).slice(0, 2)).toEqual([3, Number.NaN])
    passHour(state, at(4))
    expect(aheadNow(state, at(4))).toBeUndefined()
    expect(state['met.wind']!.runs).toEqual([])
  })

  it('ahead book - what is kept is bounded, however long it goes on', () => {
    const [one, other] = [lived(400), lived(4000)].map((state) => serialize(state).length)
    expect(other).toBeLessThan(one! + 16)
    expect(one).toBeLessThan(10_000)
  })
})
