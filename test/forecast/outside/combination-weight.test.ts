import { describe, expect, it } from 'vitest'
import { LEADS } from '../../../src/domain/forecast.ts'
import { HOUR } from '../../../src/domain/instant.ts'
import { TOGETHER } from '../../../src/domain/outside.ts'
import { combinationWeight, referenceError } from '../../../src/forecast/outside/combination-weight.ts'
import { emptyBook, observeTruth, outsideNow, takeIn } from '../../../src/forecast/outside/outside-book.ts'

const ISSUED_LEADS = 30

interface Schedule {
  /** By issuer, in hours; else each hour. */
  readonly every?: Readonly<Record<string, number>>
  readonly measured?: (hour: number) => boolean
}

/** The mean of issuers after two days, of truths of 0: each says the hour's part of its errors. */
function together(
  issuers: Readonly<Record<string, (hour: number) => number>>,
  { every = {}, measured = () => true }: Schedule = {},
): number {
  const book = emptyBook()
  for (let hour = 0; hour < 48; hour++) {
    const now = hour * HOUR
    for (const [issuer, errorAt] of Object.entries(issuers)) {
      if (hour % (every[issuer] ?? 1) !== 0) continue
      const validAt = Float64Array.from({ length: ISSUED_LEADS }, (_, lead) => now + (lead + 1) * HOUR)
      const mean = new Float64Array(ISSUED_LEADS).fill(errorAt(hour))
      takeIn(book, {
        ...{ issuer, issuedAt: now, availableAt: now, validAt, mean },
        spread: new Float64Array(ISSUED_LEADS).fill(Number.NaN),
      })
    }
    observeTruth(
      book,
      { eventTime: now + HOUR, values: new Float64Array(1), bridged: !measured(hour) } as never,
      0,
    )
  }
  const { mean } = outsideNow(book, 48 * HOUR, 0)![TOGETHER]!
  expect(mean).toHaveLength(LEADS)
  return mean[0]!
}

describe('combination weight', () => {
  it('combination weight - a day that was a little worse is chance; one that was three times as bad leaves a thirtieth', () => {
    expect(combinationWeight(1.29, 1)).toBe(1)
    expect(combinationWeight(0.1, 1)).toBe(1)
    expect(combinationWeight(3, 1)).toBeCloseTo((1.3 / 3) ** 4, 12)
    expect(combinationWeight(Number.NaN, 1)).toBe(1)
    expect(combinationWeight(1, Number.NaN)).toBe(1)
    expect(combinationWeight(0, 0)).toBe(1)
    expect(combinationWeight(1, 0)).toBeGreaterThan(0)
    expect(combinationWeight(1, 0)).toBeLessThan(1e-5)
  })

  it('combination weight - what issuers are compared with is no error of one that is broken', () => {
    expect(referenceError([9, 1])).toBe(1)
    expect(referenceError([9, 1, 2])).toBe(2)
    expect(referenceError([9, Number.NaN, 1, 2, 9])).toBe(2)
    expect(referenceError([Number.NaN])).toBeNaN()
  })

  it('combination weight - the mean of issuers leaves one that has gone wrong within a day, and takes it back', () => {
    const whole = (hour: number) => (hour % 2 ? 1 : -1)
    expect(together({ one: whole, other: () => 1.2 })).toBeCloseTo(1.1, 12)
    expect(Math.abs(together({ one: whole, other: (hour) => (hour < 24 ? 1 : 9) }) - 1)).toBeLessThan(0.01)
    expect(together({ one: whole, other: (hour) => (hour < 23 ? 9 : 1) })).toBeCloseTo(1, 12)
  })

  it('combination weight - errors of forecasts of unlike age are not compared, nor those of a few hours', () => {
    const issuers = { one: () => 1, other: () => 9 }
    expect(together(issuers)).toBeCloseTo(1, 2)
    // A run that is of the day to come alone, as of day-ahead prices at 23:00, is compared as well.
    expect(together(issuers, { every: { one: 24, other: 24 } })).toBeCloseTo(1, 2)
    expect(together(issuers, { every: { other: 10 } })).toBeCloseTo(5, 12)
    expect(together(issuers, { measured: (hour) => hour >= 40 })).toBeCloseTo(5, 12)
  })
})
