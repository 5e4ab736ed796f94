import { describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../src/domain/instant.ts'
import { dampedAnomaly } from '../../src/forecast/damped-anomaly.ts'
import { begun } from './begun.ts'
import { readingOf, START, stationOf } from './series.ts'

describe('damped anomaly', () => {
  it('damped anomaly - adds to climatology the anomaly of now, fading to 1/e in 48 hours', () => {
    const forecaster = begun(dampedAnomaly(stationOf()))
    const normal = (time: number): number => (time / HOUR) % 24
    for (let time = START; time < START + 5 * DAY; time += HOUR)
      forecaster.observe(readingOf(time, normal(time)))
    const issuedAt = START + 5 * DAY - HOUR
    const current = normal(issuedAt) + 3
    const mean = forecaster.predict({ issuedAt, current, lookback: undefined })
    mean?.forEach((value, lead) => {
      const expected = normal(issuedAt + (lead + 1) * HOUR) + 3 * Math.exp(-(lead + 1) / 48)
      expect(value).toBeCloseTo(expected, 9)
    })
    expect(mean?.length).toBe(24)
  })

  it('damped anomaly - is unavailable while climatology is', () => {
    const forecaster = begun(dampedAnomaly(stationOf()))
    forecaster.observe(readingOf(START, 1))
    expect(forecaster.predict({ issuedAt: START, current: 1, lookback: undefined })).toBeUndefined()
  })
})
