import { describe, expect, it } from 'vitest'
import { LEADS } from '../../../src/domain/forecast.ts'
import { HOUR } from '../../../src/domain/instant.ts'
import type { Sample } from '../../../src/domain/lookback.ts'
import { seededRandom } from '../../../src/domain/random.ts'
import type { Station } from '../../../src/domain/station.ts'
import type { Weights } from '../../../src/domain/weights.ts'
import { dampedAnomaly } from '../../../src/forecast/damped-anomaly.ts'
import { FeatureStage } from '../../../src/forecast/features/feature-stage.ts'
import type { Forecaster } from '../../../src/forecast/forecaster.ts'
import { MLP_EXPERTS, mlpSpec } from '../../../src/networks/mlp/mlp-experts.ts'
import { mlpForecaster } from '../../../src/networks/mlp/mlp-forecaster.ts'
import { layoutOf, shapedParameters } from '../../../src/networks/mlp/mlp-layout.ts'
import { forecasterContract } from '../../contract/forecaster.ts'
import { currentAt, stationOf, weather } from '../../forecast/series.ts'

/** Weights of a network with all of them drawn, head included. */
function drawnWeights(station: Station, name: string, reach = 0.1): Weights {
  const expert = MLP_EXPERTS.find((one) => one.name === name)!
  const spec = mlpSpec(station, expert)
  const random = seededRandom(2)
  const parameters = Float32Array.from({ length: layoutOf(spec).size }, () => reach * (2 * random.unit() - 1))
  const scaler = { count: 0, mean: new Float64Array(0), deviation: new Float64Array(0) }
  return { version: 1, trainedAt: 0, scaler, arrays: shapedParameters(spec, parameters) }
}

for (const expert of MLP_EXPERTS) {
  forecasterContract(expert.name, (station) => {
    const weights = drawnWeights(station, expert.name)
    return mlpForecaster(station, { expert, weights: () => weights, offer: () => undefined })
  })
}

const [MLP, ANOMALY] = MLP_EXPERTS

/** Plays some days; yields the samples offered and what `beside` predicted at each issue. */
function play(
  station: Station,
  forecaster: Forecaster,
  { rows, beside }: { readonly rows: number; readonly beside?: Forecaster },
) {
  const readings = weather({ rows })
  const stage = new FeatureStage(station)
  const predicted = new Map<number, Float64Array>()
  let last: Float64Array | undefined
  for (const [row, reading] of readings.entries()) {
    const examples = stage.observe(reading)
    forecaster.observe(reading)
    beside?.observe(reading)
    for (const example of examples) forecaster.learn?.(example)
    const issuedAt = reading.eventTime
    const current = currentAt(readings, row)
    const issue = { issuedAt, current, lookback: undefined, features: stage.issue(issuedAt, current) }
    last = forecaster.predict(issue)
    const besides = beside?.predict(issue)
    if (besides) predicted.set(issuedAt, besides)
  }
  return { readings, predicted, last }
}

describe('mlp forecaster', () => {
  it('mlp forecaster - without weights it predicts nothing, yet makes samples to learn from', () => {
    const samples: Sample[] = []
    const station = stationOf()
    const forecaster = mlpForecaster(station, {
      expert: MLP!,
      weights: () => undefined,
      offer: (sample) => samples.push(sample),
    })
    expect(play(station, forecaster, { rows: 72 }).last).toBeUndefined()
    expect(samples.length).toBeGreaterThan(40)
  })

  it('mlp forecaster - a sample is how far the truth was from the base as it was predicted then, in units of 4 K', () => {
    const samples: Sample[] = []
    const station = stationOf()
    const forecaster = mlpForecaster(station, {
      expert: ANOMALY!,
      weights: () => undefined,
      offer: (sample) => samples.push(sample),
    })
    const { readings, predicted } = play(station, forecaster, { rows: 120, beside: dampedAnomaly(station) })
    const values = new Map(
      readings.filter(({ bridged }) => !bridged).map(({ eventTime, values }) => [eventTime, values[0]!]),
    )
    expect(samples.length).toBeGreaterThan(40)
    for (const { issuedAt, truth } of samples) {
      for (let lead = 0; lead < LEADS; lead++) {
        const measured = values.get(issuedAt + (lead + 1) * HOUR) ?? Number.NaN
        const expected = (measured - predicted.get(issuedAt)![lead]!) / 4
        if (Number.isNaN(expected)) expect(truth[lead]).toBeNaN()
        else expect(truth[lead]).toBeCloseTo(expected, 5)
      }
    }
  })

  it('mlp forecaster - a target that is no temperature is scaled by what its first two days show, for good', () => {
    const hot = stationOf()
    const unknown: Station = {
      ...hot,
      channels: hot.channels.map((channel) => ({ ...channel, unit: 'widgets' })),
    }
    const samples: Sample[] = []
    const forecaster = mlpForecaster(unknown, {
      expert: MLP!,
      weights: () => undefined,
      offer: (sample) => samples.push(sample),
    })
    play(unknown, forecaster, { rows: 24 * 20 })
    const known = samples.flatMap(({ truth }) => [...truth]).filter((value) => !Number.isNaN(value))
    const size = known.reduce((sum, value) => sum + Math.abs(value), 0) / known.length
    expect(size).toBeGreaterThan(0.3)
    expect(size).toBeLessThan(3)
  })

  it('mlp forecaster - diverged weights leave it near the range seen so far', () => {
    const station = stationOf()
    const weights = drawnWeights(station, 'mlp', 1e6)
    const forecaster = mlpForecaster(station, {
      expert: MLP!,
      weights: () => weights,
      offer: () => undefined,
    })
    const { readings, last } = play(station, forecaster, { rows: 72 })
    const measured = readings.map(({ values }) => values[0]!).filter((value) => !Number.isNaN(value))
    for (const value of last!) {
      expect(value).toBeGreaterThan(Math.min(...measured) - 10)
      expect(value).toBeLessThan(Math.max(...measured) + 10)
    }
  })
})
