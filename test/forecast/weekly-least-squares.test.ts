import { describe, expect, it } from 'vitest'
import { HOUR, type Instant } from '../../src/domain/instant.ts'
import type { Station } from '../../src/domain/station.ts'
import { emptyRange } from '../../src/forecast/seen-range.ts'
import { forecastersOf, OPTIONS } from '../experts/created.ts'
import { chain } from './chain.ts'
import { readingOf, START, stationOf, weather, workingWeek } from './series.ts'

const DAYS = 70
const NAMES = ['rls_hour', 'rls_week']

/** Mean |error| over the leads of each of these in the last three weeks, and on how many issues it said something. */
function livedThrough(readings: ReturnType<typeof weather>) {
  // Invented Saturdays are a step such as a sensor that fails makes.
  const station: Station = { ...stationOf(), health: 'off' }
  const { live } = chain(station, forecastersOf(station, { ...OPTIONS, names: NAMES, minExamples: 200 }))
  const errors = new Map(NAMES.map((name) => [name, { sum: 0, count: 0 }]))
  let first: Instant | undefined
  for (const reading of readings) {
    const { settlements, forecast } = live(reading)
    if (forecast?.models.has('rls_week')) first ??= forecast.issuedAt
    for (const { issuedAt, models, leadIndex, truth } of settlements) {
      if (issuedAt < START + (DAYS - 21) * 24 * HOUR) continue
      for (const [name, sums] of errors) {
        const said = models.get(name)?.[leadIndex]
        if (said === undefined) continue
        sums.sum += Math.abs(said - truth)
        sums.count++
      }
    }
  }
  const mae = (name: string) => errors.get(name)!.sum / errors.get(name)!.count
  return { mae, first }
}

describe('least squares of the week', () => {
  it('least squares of the week - where people work it begins, and knows Mondays', () => {
    const { mae, first } = livedThrough(workingWeek(weather({ rows: DAYS * 24 })))
    expect(first).toBeGreaterThan(START + 15 * 24 * HOUR)
    expect(mae('rls_week')).toBeLessThan(0.75 * mae('rls_hour'))
  })

  it('least squares of the week - of weather it never begins, and takes no room', () => {
    const [forecaster] = forecastersOf(stationOf(), { names: ['rls_week'] })
    expect(livedThrough(weather({ rows: DAYS * 24 })).first).toBeUndefined()
    expect(forecaster!.initial()).toMatchObject({
      unit: null,
      solution: { solution: null, range: emptyRange() },
    })
  })

  it('least squares of the week - of what never changes there is no week', () => {
    const readings = Array.from({ length: DAYS * 24 }, (_, row) => readingOf(START + row * HOUR, 4))
    expect(livedThrough(readings).first).toBeUndefined()
  })
})
