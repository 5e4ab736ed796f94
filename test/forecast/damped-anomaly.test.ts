import { describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../src/domain/instant.ts'
import { dampedAnomaly } from '../../src/forecast/damped-anomaly.ts'
import { readingOf, START, stationOf } from './series.ts'

describe('damped anomaly', () => {
  it('damped anomaly - adds to what is usual how far it is off now, fading to 1/e in 48 hours', () => {
    const forecaster = dampedAnomaly(stationOf())
    const usual = (time: number): number => (time / HOUR) % 24
    for (let time = START; time < START + 5 * DAY; time += HOUR)
      forecaster.observe(readingOf(time, usual(time)))
    const issuedAt = START + 5 * DAY - HOUR
    const current = usual(issuedAt) + 3
    const mean = forecaster.predict({ issuedAt, current, lookback: undefined })
    mean?.forEach((value, lead) => {
      const expected = usual(issuedAt + (lead + 1) * HOUR) + 3 * Math.exp(-(lead + 1) / 48)
      expect(value).toBeCloseTo(expected, 9)
    })
    expect(mean?.length).toBe(24)
  })

  it('damped anomaly - is silent while nothing is usual', () => {
    const forecaster = dampedAnomaly(stationOf())
    forecaster.observe(readingOf(START, 1))
    expect(forecaster.predict({ issuedAt: START, current: 1, lookback: undefined })).toBeUndefined()
  })
})
