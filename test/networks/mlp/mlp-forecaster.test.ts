import { describe, expect, it } from 'vitest'
import { LEADS } from '../../../src/domain/forecast.ts'
import { HOUR } from '../../../src/domain/instant.ts'
import { seededRandom } from '../../../src/domain/random.ts'
import type { Station } from '../../../src/domain/station.ts'
import type { Weights } from '../../../src/domain/weights.ts'
import { EXPERTS } from '../../../src/experts/registry.ts'
import { dampedAnomaly } from '../../../src/forecast/damped-anomaly.ts'
import type { Example } from '../../../src/forecast/features/example.ts'
import type { Forecaster } from '../../../src/forecast/forecaster.ts'
import { layoutOf, shapedParameters } from '../../../src/networks/mlp/mlp-layout.ts'
import { forecasterContract } from '../../contract/forecaster.ts'
import { entryOf, OPTIONS } from '../../experts/created.ts'
import { begun } from '../../forecast/begun.ts'
import { examplesOf } from '../../forecast/examples.ts'
import { currentAt, stationOf, weather } from '../../forecast/series.ts'
import { withWeights } from '../with-weights.ts'

/** Weights of a network with all of them drawn, head included. */
function drawnWeights(station: Station, name: string, reach = 0.1): Weights {
  const network = entryOf(name).create(station, OPTIONS).training?.network
  if (network?.kind !== 'mlp') throw new Error(`${name} is no network on features`)
  const { spec } = network
  const random = seededRandom(2)
  const parameters = Float32Array.from({ length: layoutOf(spec).size }, () => reach * (2 * random.unit() - 1))
  const scaler = { count: 0, mean: new Float64Array(0), deviation: new Float64Array(0) }
  return { version: 1, trainedAt: 0, scaler, arrays: shapedParameters(spec, parameters) }
}

const forecasterOf = (station: Station, name: string): Forecaster =>
  entryOf(name).create(station, OPTIONS).forecaster

for (const { name, learnsFrom } of EXPERTS) {
  if (learnsFrom !== 'features') continue
  forecasterContract(name, (station) => withWeights(forecasterOf(station, name), drawnWeights(station, name)))
}

interface Lesson {
  readonly issuedAt: number
  readonly target: Float32Array
}

/** Plays some days; yields what was to be taught and what `beside` predicted at each issue. */
function play(
  station: Station,
  forecaster: Forecaster,
  { rows, beside }: { readonly rows: number; readonly beside?: Forecaster },
) {
  const readings = weather({ rows })
  const { initial, observe, issue } = examplesOf(station)
  const open = initial()
  const [subject, other] = [begun(forecaster), beside && begun(beside)]
  const lessons: Lesson[] = []
  const predicted = new Map<number, Float64Array>()
  let last: Float64Array | undefined
  for (const [row, reading] of readings.entries()) {
    const examples: readonly Example[] = observe(open, reading)
    subject.observe(reading)
    other?.observe(reading)
    for (const example of examples) {
      const taught = subject.learn(example)
      if (taught) lessons.push({ issuedAt: example.issuedAt, target: taught.targets })
    }
    const issuedAt = reading.eventTime
    const current = currentAt(readings, row)
    const asked = { issuedAt, current, lookback: undefined, features: issue(open, issuedAt, current) }
    last = subject.predict(asked)
    const besides = other?.predict(asked)
    if (besides) predicted.set(issuedAt, besides)
  }
  return { readings, lessons, predicted, last }
}

describe('mlp forecaster', () => {
  it('mlp forecaster - without weights it predicts nothing, yet says what it is to be taught', () => {
    const station = stationOf()
    const { last, lessons } = play(station, forecasterOf(station, 'mlp'), { rows: 72 })
    expect(last).toBeUndefined()
    expect(lessons.length).toBeGreaterThan(40)
  })

  it('mlp forecaster - it is taught how far the truth was from the base as it was predicted then, in units of 4 K', () => {
    const station = stationOf()
    const { readings, predicted, lessons } = play(station, forecasterOf(station, 'mlp_anomaly'), {
      rows: 120,
      beside: dampedAnomaly(station),
    })
    const values = new Map(
      readings.filter(({ bridged }) => !bridged).map(({ eventTime, values }) => [eventTime, values[0]!]),
    )
    expect(lessons.length).toBeGreaterThan(40)
    for (const { issuedAt, target } of lessons) {
      for (let lead = 0; lead < LEADS; lead++) {
        const measured = values.get(issuedAt + (lead + 1) * HOUR) ?? Number.NaN
        const expected = (measured - predicted.get(issuedAt)![lead]!) / 4
        if (Number.isNaN(expected)) expect(target[lead]).toBeNaN()
        else expect(target[lead]).toBeCloseTo(expected, 5)
      }
    }
  })

  it('mlp forecaster - a target that is no temperature is scaled by what its first two days show, for good', () => {
    const hot = stationOf()
    const unknown: Station = {
      ...hot,
      channels: hot.channels.map((channel) => ({ ...channel, unit: 'widgets' })),
    }
    const { lessons } = play(unknown, forecasterOf(unknown, 'mlp'), { rows: 24 * 20 })
    const known = lessons.flatMap(({ target }) => [...target]).filter((value) => !Number.isNaN(value))
    const size = known.reduce((sum, value) => sum + Math.abs(value), 0) / known.length
    expect(size).toBeGreaterThan(0.3)
    expect(size).toBeLessThan(3)
  })

  it('mlp forecaster - diverged weights leave it near the range seen so far', () => {
    const station = stationOf()
    const forecaster = withWeights(forecasterOf(station, 'mlp'), drawnWeights(station, 'mlp', 1e6))
    const { readings, last } = play(station, forecaster, { rows: 72 })
    const measured = readings.map(({ values }) => values[0]!).filter((value) => !Number.isNaN(value))
    for (const value of last!) {
      expect(value).toBeGreaterThan(Math.min(...measured) - 10)
      expect(value).toBeLessThan(Math.max(...measured) + 10)
    }
  })
})
