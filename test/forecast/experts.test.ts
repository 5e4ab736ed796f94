import { describe, expect, it } from 'vitest'
import { EXPERTS } from '../../src/forecast/experts.ts'
import { begun } from './begun.ts'
import { Chain } from './chain.ts'
import { stationOf, weather } from './series.ts'

/** What each expert predicts for +24 h after four days, drawn from a seed. */
function predictedWith(seed: number): Map<string, number> {
  const station = stationOf()
  const chain = new Chain(
    station,
    [...EXPERTS.values()].map((create) => create(station, { seed, minExamples: 0 })),
  )
  const readings = weather({ rows: 96 })
  for (const reading of readings) {
    chain.settle(reading)
    chain.issue(reading.eventTime)
  }
  const { models } = chain.issue(readings.at(-1)!.eventTime)!
  return new Map([...models].map(([name, mean]) => [name, mean[23]!]))
}

describe('experts', () => {
  it('experts - predict the same from any seed, but for those that draw', () => {
    const [one, other] = [predictedWith(1), predictedWith(2)]
    const differing = [...EXPERTS.keys()].filter((name) => one.get(name) !== other.get(name))
    expect([...EXPERTS.keys()].every((name) => one.has(name))).toBe(true)
    expect(differing).toEqual(['rls_random'])
  })

  it('experts - have the climatology among them that forgets in ten days', () => {
    const station = stationOf()
    const [given, damped] = ['climatology', 'damped_anomaly'].map((name) =>
      begun(EXPERTS.get(name)!(station, { seed: 1 })),
    )
    for (const reading of weather({ rows: 30 * 24 })) {
      given!.observe(reading)
      damped!.observe(reading)
    }
    // A damped anomaly is climatology where the present has none.
    const issue = { issuedAt: weather({ rows: 30 * 24 }).at(-1)!.eventTime, lookback: undefined }
    const profile = given!.predict({ ...issue, current: 0 })!
    expect(damped!.predict({ ...issue, current: profile[23]! })).toEqual(profile)
  })
})
