import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crps, INTERVAL_LEVELS, widthOf, within } from '../../src/verify/losses.ts'

const value = fc.double({ min: -50, max: 50, noNaN: true })
const LADDER = Float64Array.of(-3, -2, -1, 0, 1, 2, 3)

describe('losses', () => {
  it('losses - CRPS of seven equal quantiles is the absolute error', () => {
    fc.assert(
      fc.property(value, value, (predicted, truth) => {
        expect(crps(new Float64Array(7).fill(predicted), truth)).toBeCloseTo(Math.abs(predicted - truth), 9)
      }),
    )
  })

  it('losses - CRPS is never negative, and least where the quantiles are those of the truth', () => {
    // Truths spread evenly from -1 to 1: their own quantiles against wider, narrower and shifted ones.
    const truths = Array.from({ length: 2001 }, (_, index) => index / 1000 - 1)
    const mean = (scale: number, shift: number): number => {
      const quantiles = Float64Array.of(0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95).map(
        (level) => shift + scale * (2 * level - 1),
      )
      return truths.reduce((sum, truth) => sum + crps(quantiles, truth), 0) / truths.length
    }
    const best = mean(1, 0)
    expect(best).toBeGreaterThan(0)
    for (const [scale, shift] of [
      [0.5, 0],
      [0.9, 0],
      [1.2, 0],
      [1, 0.1],
      [1, -0.1],
    ] as const) {
      expect(mean(scale, shift)).toBeGreaterThan(best)
    }
  })

  it('losses - intervals are named by what they hold, the widest first, their ends included', () => {
    expect(INTERVAL_LEVELS.map((_, interval) => widthOf(LADDER, interval))).toEqual([6, 4, 2])
    expect(INTERVAL_LEVELS.map((_, interval) => within(LADDER, interval, -2))).toEqual([true, true, false])
    expect(INTERVAL_LEVELS.map((_, interval) => within(LADDER, interval, 3.01))).toEqual([
      false,
      false,
      false,
    ])
  })
})
