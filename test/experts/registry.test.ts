import { describe, expect, it } from 'vitest'
import { BASELINES } from '../../src/domain/baselines.ts'
import type { Forecast } from '../../src/domain/forecast.ts'
import { EXPERTS } from '../../src/experts/registry.ts'
import { begun } from '../forecast/begun.ts'
import { chain } from '../forecast/chain.ts'
import { stationOf, weather } from '../forecast/series.ts'
import { entryOf, forecastersOf, OPTIONS, SILENT_AT_FIRST, STREAM_EXPERTS } from './created.ts'

/** What each expert predicts for +24 h after nine days, drawn from a seed. */
function predictedWith(seed: number): Map<string, number> {
  const station = stationOf()
  const { live } = chain(station, forecastersOf(station, { seed, minExamples: 0 }))
  let last: Forecast | undefined
  for (const reading of weather({ rows: 9 * 24 })) last = live(reading).forecast ?? last
  return new Map([...last!.models].map(([name, mean]) => [name, mean[23]!]))
}

describe('experts', () => {
  it('experts - each has a name of its own, which its forecaster carries', () => {
    const names = EXPERTS.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual(expect.arrayContaining([...BASELINES]))
    for (const entry of EXPERTS) expect(entry.create(stationOf(), OPTIONS).forecaster.name).toBe(entry.name)
  })

  it('experts - are trained beside the stream on what their line says, or not at all', () => {
    for (const entry of EXPERTS) {
      const { training } = entry.create(stationOf(), OPTIONS)
      expect([entry.name, training?.learnsFrom ?? 'stream']).toEqual([entry.name, entry.learnsFrom])
    }
  })

  it('experts - are trained from seeds of their own, all moved by the seed of the run', () => {
    const seeds = (seed: number) =>
      EXPERTS.flatMap((entry) => entry.create(stationOf(), { ...OPTIONS, seed }).training?.seed ?? [])
    const one = seeds(1)
    expect(new Set(seeds(1).filter((seed) => seed !== 1)).size).toBeGreaterThan(2)
    expect(seeds(5)).toEqual(one.map((seed) => seed + 4))
  })

  it('experts - predict the same from any seed, but for those that draw', () => {
    const [one, other] = [predictedWith(1), predictedWith(2)]
    const names = STREAM_EXPERTS.map(({ name }) => name)
    // That these are the same from the same seed is in the contract.
    expect(new Set(names.filter((name) => !one.has(name)))).toEqual(SILENT_AT_FIRST)
    expect(names.filter((name) => one.get(name) !== other.get(name))).toEqual(['rls_random'])
  })

  it('experts - have the climatology among them that forgets in ten days', () => {
    const station = stationOf()
    const [given, damped] = ['climatology', 'damped_anomaly'].map((name) =>
      begun(entryOf(name).create(station, OPTIONS).forecaster),
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
