import { describe, expect, it } from 'vitest'
import { LEADS } from '../../src/domain/forecast.ts'
import { DAY, HOUR } from '../../src/domain/instant.ts'
import type { Example } from '../../src/forecast/features/example.ts'
import { HOUR_TERMS, interactions, NO_TERMS } from '../../src/forecast/features/interactions.ts'
import { featureLayout } from '../../src/forecast/features/station-features.ts'
import { leastSquares } from '../../src/forecast/least-squares.ts'
import { type Begun, begun } from './begun.ts'
import { examplesOf } from './examples.ts'
import { readingOf, START, stationOf } from './series.ts'

const station = stationOf()
const layout = featureLayout(station)
const { names, measured } = layout
const PLAIN = interactions(layout, NO_TERMS)

/** A forecaster that has seen the target go from 0 to 10. */
function between0and10(options: Partial<Parameters<typeof leastSquares>[1]> = {}) {
  const forecaster = begun(
    leastSquares(station, {
      ...{ name: 'test', design: PLAIN, robust: false, minExamples: 0 },
      ...options,
    }),
  )
  for (let row = 0; row <= 10; row++) forecaster.observe(readingOf(START + row * HOUR, row))
  return forecaster
}

function featuresOf(columns: Record<number, number>): Float64Array {
  const features = new Float64Array(names.length)
  for (const [column, value] of Object.entries(columns)) features[Number(column)] = value
  return features
}

/** An example whose change at every lead is `change`. */
function exampleOf(features: Float64Array, change: number): Example {
  return { issuedAt: START, current: 5, features, truth: new Float64Array(LEADS).fill(5 + change) }
}

function predictedOf(forecaster: Begun, features: Float64Array): number | undefined {
  return forecaster.predict({ issuedAt: START, current: 5, lookback: undefined, features })?.[0]
}

describe('least squares', () => {
  it('least squares - predicts no change while it has learnt nothing', () => {
    expect(predictedOf(between0and10(), featuresOf({ 0: 1 }))).toBe(5)
  })

  it('least squares - gives persistence until it has learnt as many rows as it has columns', () => {
    const forecaster = between0and10({ minExamples: undefined })
    const feature = featuresOf({ 7: 1 })
    for (let row = 1; row < PLAIN.columns; row++) forecaster.learn(exampleOf(feature, 2))
    expect(predictedOf(forecaster, feature)).toBe(5)
    forecaster.learn(exampleOf(feature, 2))
    expect(predictedOf(forecaster, feature)).toBeGreaterThan(5)
  })

  it('least squares - is unavailable where nobody has made features', () => {
    const issue = { issuedAt: START, current: 5, lookback: undefined }
    expect(between0and10().predict(issue)).toBeUndefined()
  })

  it('least squares - learns what follows a feature', () => {
    const forecaster = between0and10()
    for (let round = 0; round < 4000; round++) {
      const feature = (round % 5) - 2
      forecaster.learn(exampleOf(featuresOf({ 7: feature }), 1.5 * feature))
    }
    // 4000 rows of mean square 2 against a penalty of 300.
    const slope = (1.5 * 8000) / 8300
    expect(predictedOf(forecaster, featuresOf({ 7: 1 }))).toBeCloseTo(5 + slope, 9)
    expect(predictedOf(forecaster, featuresOf({ 7: -2 }))).toBeCloseTo(5 - 2 * slope, 9)
  })

  it('least squares - with hour terms learns that a feature means the opposite half a day later', () => {
    const cosine = measured + 1
    const errors = [HOUR_TERMS, NO_TERMS].map((terms) => {
      const forecaster = between0and10({ design: interactions(layout, terms) })
      for (let round = 0; round < 4000; round++) {
        const [feature, noon] = [(round % 5) - 2, round % 2 === 0 ? 1 : -1]
        forecaster.learn(exampleOf(featuresOf({ 7: feature, [cosine]: noon }), noon * feature))
      }
      return Math.abs(predictedOf(forecaster, featuresOf({ 7: 2, [cosine]: -1 }))! - 3)
    })
    expect(errors[0]).toBeLessThan(0.3)
    expect(errors[1]).toBeGreaterThan(1.5)
  })

  it('least squares - keeps within the range seen so far and half a deviation more', () => {
    const forecaster = between0and10()
    for (let round = 0; round < 4000; round++) forecaster.learn(exampleOf(featuresOf({ 3: 1 }), 4))
    const deviation = Math.sqrt(10)
    expect(predictedOf(forecaster, featuresOf({ 3: 100 }))).toBeCloseTo(10 + deviation / 2, 9)
    expect(predictedOf(forecaster, featuresOf({ 3: -100 }))).toBeCloseTo(0 - deviation / 2, 9)
  })

  it('least squares - with robust weights is moved less by a storm among calm days', () => {
    const [plain, robust] = [false, true].map((robust) => {
      const forecaster = between0and10({ robust })
      for (let round = 0; round < 4000; round++) {
        const storm = round % 50 === 0
        forecaster.learn(exampleOf(featuresOf({ 7: 1 }), storm ? 50 : 1 + 0.1 * (round % 3)))
      }
      return predictedOf(forecaster, featuresOf({ 7: 1 }))!
    })
    expect(plain! - 6.1).toBeGreaterThan(0.5)
    expect(Math.abs(robust! - 6.1)).toBeLessThan(0.3)
  })

  it('least squares - forecasts a daily cycle that drifts, from its features, far better than persistence', () => {
    const value = (hour: number): number =>
      8 + 5 * Math.sin((2 * Math.PI * hour) / 24) + 4 * Math.sin((2 * Math.PI * hour) / 170)
    const { initial, observe, issue: featuresAt } = examplesOf(station)
    const open = initial()
    const forecaster = begun(leastSquares(station, { name: 'test', design: PLAIN, robust: false }))
    let [error, persisted] = [0, 0]
    for (let hour = 0; hour < 120 * 24; hour++) {
      const reading = readingOf(START + hour * HOUR, value(hour))
      const examples = observe(open, reading)
      forecaster.observe(reading)
      for (const example of examples) forecaster.learn(example)
      const features = featuresAt(open, reading.eventTime, value(hour))
      const issue = { issuedAt: reading.eventTime, current: value(hour), lookback: undefined, features }
      const mean = forecaster.predict(issue)!
      if (reading.eventTime < START + 60 * DAY) continue
      error += Math.abs(mean[11]! - value(hour + 12))
      persisted += Math.abs(value(hour) - value(hour + 12))
    }
    expect(error).toBeLessThan(persisted / 20)
  })
})
