import { describe, expect, it } from 'vitest'
import { networkInputsOf } from '../../../src/forecast/features/network-inputs.ts'
import { stationOf } from '../series.ts'

const seen = { count: 9, mean: Float64Array.of(1, 1002), deviation: Float64Array.of(2, 6) }

describe('inputs', () => {
  it('inputs - the target comes first; what was not measured stays so', () => {
    const inputs = networkInputsOf(stationOf())
    expect(inputs.count).toBe(2)
    expect([...inputs.of(Float64Array.of(12, 990))]).toEqual([2, 990])
    expect([...inputs.of(Float64Array.of(Number.NaN, 990))]).toEqual([Number.NaN, 990])
  })

  it('inputs - known quantities have a scale of their own from the first day on, pressure round what was seen of it', () => {
    const { mean, deviation, count } = networkInputsOf(stationOf()).scaled(seen)
    expect([count, ...mean, ...deviation]).toEqual([9, 0, 1002, 10, 8])
  })

  it('inputs - a quantity of no known kind is scaled by what was seen of it', () => {
    const station = stationOf()
    const [target, pressure] = station.channels
    const { mean, deviation } = networkInputsOf({
      ...station,
      channels: [{ ...target!, unit: 'kg' }, pressure!],
    }).scaled(seen)
    expect([mean[0], deviation[0]]).toEqual([1, 2])
  })
})
