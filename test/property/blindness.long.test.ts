import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Forecast } from '../../src/domain/forecast.ts'
import { HOUR } from '../../src/domain/instant.ts'
import type { Reading } from '../../src/domain/reading.ts'
import { forecastersOf } from '../experts/created.ts'
import { chain } from '../forecast/chain.ts'
import { stationOf, weather } from '../forecast/series.ts'

const ROWS = 5 * 24

function forecastsOver(readings: readonly Reading[]): (Forecast | undefined)[] {
  const station = stationOf()
  const { live } = chain(station, forecastersOf(station))
  return readings.map((reading) => live(reading).forecast)
}

describe('blindness', () => {
  it('blindness - no forecast, interval or weight knows anything later than its issue time', () => {
    const garbage = fc.array(fc.double({ min: -60, max: 60, noNaN: true }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1000 }),
        fc.integer({ min: 1, max: ROWS }),
        garbage,
        (seed, cut, garbage) => {
          const readings = weather({ rows: ROWS, seed })
          const otherwise = readings.map((reading, row) => {
            if (row < cut) return reading
            const target = garbage[row % garbage.length]!
            return { ...reading, values: Float64Array.of(target, target), bridged: row % 7 === 0 }
          })
          const said = forecastsOver(readings)
          expect(forecastsOver(otherwise).slice(0, cut)).toEqual(said.slice(0, cut))
        },
      ),
      { numRuns: 30 },
    )
  })

  it('blindness - a forecast is what it would be if the file ended with its issue time', () => {
    const readings = weather({ rows: ROWS, cadence: HOUR, seed: 9 })
    const said = forecastsOver(readings)
    for (const end of [1, 30, 77, ROWS]) {
      expect(forecastsOver(readings.slice(0, end)).at(-1)).toEqual(said[end - 1])
    }
  })
})
