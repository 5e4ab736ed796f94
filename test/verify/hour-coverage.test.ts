import { describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../src/domain/instant.ts'
import { coverageByHour, hourCoverage } from '../../src/verify/hour-coverage.ts'
import { settlementOf } from './settlements.ts'

const START = Date.UTC(2010, 5, 1)

describe('coverage by hour of day', () => {
  it("coverage by hour of day - is told of the station's clock, at whatever lead, and hides no noon behind its nights", () => {
    const fold = hourCoverage(2 * HOUR)
    const state = fold.initial()
    for (let hour = 0; hour < 10 * 24; hour++) {
      // At noon on that clock one of two truths is outside.
      const isOff = hour % 24 === 10 && Math.floor(hour / 24) % 2 === 0
      const at = { leadIndex: hour % 24, truth: isOff ? 5 : 0 }
      fold.step(state, [settlementOf(START + hour * HOUR, { mixture: 0 }, at)])
    }
    const expected = Array.from({ length: 24 }, (_, hour) => (hour === 12 ? 0.5 : 1))
    expect(coverageByHour(state)).toEqual(expected)
  })

  it('coverage by hour of day - is unknown at an hour of which there was no truth, and known before 1970', () => {
    const fold = hourCoverage(-HOUR)
    const state = fold.initial()
    fold.step(state, [settlementOf(-DAY, { mixture: 0 })])
    expect(coverageByHour(state)[23]).toBe(1)
    expect(coverageByHour(state).filter(Number.isNaN)).toHaveLength(23)
  })
})
