import { describe, expect, it } from 'vitest'
import { LEADS } from '../../../src/domain/forecast.ts'
import { seededRandom } from '../../../src/domain/random.ts'
import { interactions, NO_TERMS } from '../../../src/forecast/features/interactions.ts'
import { randomUnits } from '../../../src/forecast/features/random-units.ts'
import { featureLayout } from '../../../src/forecast/features/station-features.ts'
import { leastSquares } from '../../../src/forecast/least-squares.ts'
import { begun } from '../begun.ts'
import { readingOf, START, stationOf } from '../series.ts'

const station = stationOf()
const layout = featureLayout(station)

function rowOf(seed: number, features: Float64Array): Float64Array {
  const { columns, write } = randomUnits(layout, { units: 50, seed })
  const row = new Float64Array(columns)
  write(features, row)
  return row
}

function drawn(seed: number): Float64Array {
  const random = seededRandom(seed)
  return Float64Array.from({ length: layout.names.length }, () => random.unit() * 2 - 1)
}

describe('random units', () => {
  it('random units - are the same from the same seed and others from another', () => {
    expect(rowOf(1, drawn(9))).toEqual(rowOf(1, drawn(9)))
    expect(rowOf(1, drawn(9))).not.toEqual(rowOf(2, drawn(9)))
  })

  it('random units - are never negative, and each is awake for some features and asleep for others', () => {
    const offset = 1 + layout.names.length
    const rows = Array.from({ length: 200 }, (_, seed) => rowOf(1, drawn(seed)))
    const awake = Array.from(
      { length: 50 },
      (_, unit) => rows.filter((row) => row[offset + unit]! > 0).length,
    )
    expect(Math.min(...rows.flatMap((row) => Array.from(row.subarray(offset))))).toBe(0)
    expect(awake.filter((count) => count > 0 && count < 200).length).toBeGreaterThan(45)
  })

  it('random units - let least squares learn a bend that is beyond it without them', () => {
    const designs = [randomUnits(layout, { units: 200, seed: 1 }), interactions(layout, NO_TERMS)]
    const errors = designs.map((design) => {
      const forecaster = begun(leastSquares(station, { name: 'test', design, robust: false }))
      for (let row = 0; row <= 10; row++) forecaster.observe(readingOf(START + row, 10 * row))
      let error = 0
      for (let round = 0; round < 3000; round++) {
        const features = drawn(round).fill(0, 3)
        const change = 4 * Math.abs(features[0]! + features[1]!)
        if (round >= 2500) {
          const issue = { issuedAt: START, current: 50, lookback: undefined, features }
          error += Math.abs(forecaster.predict(issue)![0]! - 50 - change) / 500
        }
        const truth = new Float64Array(LEADS).fill(50 + change)
        forecaster.learn({ issuedAt: START, current: 50, features, truth })
      }
      return error
    })
    expect(errors[0]).toBeLessThan(errors[1]! / 2)
  })
})
