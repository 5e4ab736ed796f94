import { describe, expect, it } from 'vitest'
import { levelsOf } from '../../../src/forecast/features/network-inputs.ts'
import { stationOf } from '../series.ts'

const seen = { count: 9, mean: Float64Array.of(1, 1002), deviation: Float64Array.of(2, 6) }

describe('levels', () => {
  it('levels - the target comes first; what was not measured stays so', () => {
    const levels = levelsOf(stationOf())
    expect(levels.count).toBe(2)
    expect([...levels.of(Float64Array.of(12, 990))]).toEqual([2, 990])
    expect([...levels.of(Float64Array.of(Number.NaN, 990))]).toEqual([Number.NaN, 990])
  })

  it('levels - known quantities have a scale of their own from the first day on, pressure round what was seen of it', () => {
    const { mean, deviation, count } = levelsOf(stationOf()).scaled(seen)
    expect([count, ...mean, ...deviation]).toEqual([9, 0, 1002, 10, 8])
  })

  it('levels - a quantity of no known kind is scaled by what was seen of it', () => {
    const station = stationOf()
    const [target, pressure] = station.channels
    const { mean, deviation } = levelsOf({
      ...station,
      channels: [{ ...target!, unit: 'kg' }, pressure!],
    }).scaled(seen)
    expect([mean[0], deviation[0]]).toEqual([1, 2])
  })
})
