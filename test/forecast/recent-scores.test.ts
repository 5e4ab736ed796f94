import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  emptyScores,
  forgetScores,
  keepScore,
  quantileOfScores,
  sortScores,
} from '../../src/forecast/recent-scores.ts'

describe('recent scores', () => {
  it('recent scores - hold what a sort of the last slots would hold', () => {
    const entry = fc.record({ slots: fc.integer({ min: 0, max: 9 }), score: fc.integer({ min: -5, max: 5 }) })
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 150 }),
        fc.integer({ min: 1, max: 40 }),
        (entries, capacity) => {
          const recent = emptyScores(capacity)
          let plain: { slot: number; score: number }[] = []
          let slot = 0
          for (const { slots, score } of entries) {
            slot += slots
            keepScore(recent, slot, score)
            if (plain.at(-1)?.slot !== slot) plain.push({ slot, score })
            plain = plain.filter((kept) => kept.slot > slot - capacity)
            expect(Array.from(recent.sorted.subarray(0, recent.count))).toEqual(
              plain.map((kept) => kept.score).sort((a, b) => a - b),
            )
            expect(sortScores({ ...recent, sorted: new Float64Array(0) })).toEqual(recent)
          }
        },
      ),
    )
  })

  it('recent scores - put quantiles at level x (n + 1), and at the ends beyond them', () => {
    const recent = emptyScores(100)
    const scores = [40, 10, 30, 20]
    scores.forEach((score, slot) => {
      keepScore(recent, slot, score)
    })
    expect([0.05, 0.2, 0.5, 0.7, 0.95].map((level) => quantileOfScores(recent, level))).toEqual([
      10, 10, 25, 35, 40,
    ])
  })

  it('recent scores - are gone once the slots have passed, without a new one', () => {
    const recent = emptyScores(24)
    keepScore(recent, 100, 1)
    forgetScores(recent, 123)
    expect(recent.count).toBe(1)
    forgetScores(recent, 124)
    expect(recent.count).toBe(0)
  })
})
