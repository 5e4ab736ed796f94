import { describe, expect, it } from 'vitest'
import { LEADS } from '../../src/domain/forecast.ts'
import { normal, seededRandom } from '../../src/domain/random.ts'
import { equalAccuracy, FEWEST_DAYS, holm } from '../../src/verify/equal-accuracy.ts'
import { criticalT, twoSided } from '../../src/verify/student.ts'

/**
 * Two forecasters issued hourly whose errors at a lead overlap (moving sums of as many shocks) and come in spells of
 * weather (first-order autoregressive from hour to hour); the second's are `worse` times as large.
 */
function simulated(seed: number, { days = 90, lead = LEADS, spell = 0.95, worse = 1 } = {}) {
  const random = seededRandom(seed)
  const errors = () => {
    const shocks = Array.from({ length: days * 24 + lead }, () => normal(random))
    let weather = normal(random)
    let sum = shocks.slice(0, lead).reduce((sum, shock) => sum + shock, 0)
    return Array.from({ length: days * 24 }, (_, hour) => {
      sum += shocks[hour + lead]! - shocks[hour]!
      weather = spell * weather + Math.sqrt(1 - spell ** 2) * normal(random)
      return Math.abs(sum / Math.sqrt(lead) + weather)
    })
  }
  const [one, other] = [errors(), errors()]
  const sums = new Float64Array(days)
  for (const [hour, error] of one.entries()) sums[Math.floor(hour / 24)]! += error - worse * other[hour]!
  return equalAccuracy({ sums, counts: new Float64Array(days).fill(24) })
}

const RUNS = 400
const shareOfRuns = (called: (seed: number) => boolean) =>
  Array.from({ length: RUNS }, (_, run) => called(run + 1)).filter(Boolean).length / RUNS

describe('equal accuracy', () => {
  // Of 400 runs at 5 % between 2.3 and 8.2 % are called in 998 of 1000 tests that are right.
  it.each([
    { days: 30, lead: 24, spell: 0.95 },
    { days: 90, lead: 24, spell: 0.99 },
    { days: 90, lead: 6, spell: 0.95 },
    { days: 90, lead: 1, spell: 0 },
  ])('equal accuracy - of equals as many are called different as the level says: %o', (world) => {
    const called = shareOfRuns((seed) => simulated(seed, world).p < 0.05)
    expect(called).toBeGreaterThan(0.023)
    expect(called).toBeLessThan(0.082)
  })

  it('equal accuracy - as if every hour were a truth of its own, equals are called different most of the time', () => {
    const naive = shareOfRuns((seed) => {
      const random = seededRandom(seed)
      let spell = 0
      const differences = Array.from({ length: 90 * 24 }, () => {
        spell = 0.99 * spell + normal(random)
        return spell
      })
      const mean = differences.reduce((sum, each) => sum + each, 0) / differences.length
      const variance = differences.reduce((sum, each) => sum + (each - mean) ** 2, 0) / differences.length
      return Math.abs(mean) > 1.96 * Math.sqrt(variance / differences.length)
    })
    expect(naive).toBeGreaterThan(0.7)
  })

  it('equal accuracy - a real difference is found: a tenth of the error in 90 days mostly, in a year nearly always', () => {
    const found = (days: number) =>
      shareOfRuns((seed) => simulated(seed, { days, lead: 1, spell: 0.8, worse: 1.1 }).p < 0.05)
    expect(found(90)).toBeGreaterThan(0.6)
    expect(found(365)).toBeGreaterThan(0.98)
  })

  it('equal accuracy - the interval of 95 % holds the true difference as often', () => {
    const held = shareOfRuns((seed) => {
      const { low, high } = simulated(seed, { lead: 6 })
      return low <= 0 && high >= 0
    })
    expect(held).toBeGreaterThan(0.918)
    expect(held).toBeLessThan(0.977)
  })

  it('equal accuracy - the difference is the mean over forecasts, however many a day has', () => {
    const sums = Float64Array.from({ length: 20 }, (_, day) => (day % 2 ? 1 : 60))
    const counts = Float64Array.from({ length: 20 }, (_, day) => (day % 2 ? 1 : 20))
    expect(equalAccuracy({ sums, counts })).toMatchObject({ forecasts: 210, days: 20, difference: 610 / 210 })
  })

  it('equal accuracy - fewer than two weeks tell nothing, and nobody is held to differ from himself', () => {
    const of = (days: number, sum: number) =>
      equalAccuracy({ sums: new Float64Array(days).fill(sum), counts: new Float64Array(days).fill(1) })
    expect(of(FEWEST_DAYS - 1, 1)).toMatchObject({ difference: 1, p: Number.NaN, low: Number.NaN })
    expect(of(FEWEST_DAYS, 0)).toMatchObject({ difference: 0, p: 1, low: 0, high: 0 })
    expect(equalAccuracy({ sums: new Float64Array(0), counts: new Float64Array(0) }).p).toBeNaN()
  })

  it("student - chances and bounds are those of tables of Student's t", () => {
    const TABLE = [
      [1, 12.7062],
      [2, 4.30265],
      [8, 2.306],
      [30, 2.04227],
      [120, 1.97993],
    ] as const
    for (const [degrees, t] of TABLE) {
      expect(criticalT(0.05, degrees)).toBeCloseTo(t, 4)
      expect(twoSided(t, degrees)).toBeCloseTo(0.05, 5)
      expect(twoSided(-t, degrees)).toBe(twoSided(t, degrees))
    }
    expect(twoSided(0, 5)).toBe(1)
    expect(twoSided(Number.NaN, 5)).toBeNaN()
  })

  it('holm - steps down from the smallest, never falls, and leaves out what is not known', () => {
    const adjusted = holm([0.01, 0.04, 0.03, Number.NaN, 0.5])
    for (const [at, p] of [0.04, 0.09, 0.09, Number.NaN, 0.5].entries())
      if (Number.isNaN(p)) expect(adjusted[at]).toBeNaN()
      else expect(adjusted[at]).toBeCloseTo(p, 12)
    expect(holm([0.6, 0.7])).toEqual([1, 1])
  })

  it('holm - of twenty comparisons between equals hardly ever is one called a difference', () => {
    const random = seededRandom(7)
    let called = 0
    for (let run = 0; run < RUNS; run++)
      if (holm(Array.from({ length: 20 }, () => random.unit())).some((p) => p < 0.05)) called++
    expect(called / RUNS).toBeLessThan(0.082)
  })
})
