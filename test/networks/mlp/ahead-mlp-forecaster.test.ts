import { describe, expect, it } from 'vitest'
import { batchOfRows } from '../../../src/core/own-rows.ts'
import { emptyFeatureSamples, keepLesson } from '../../../src/core/replay-samples.ts'
import { LEADS } from '../../../src/domain/forecast.ts'
import { HOUR } from '../../../src/domain/instant.ts'
import { seededRandom } from '../../../src/domain/random.ts'
import type { Weights } from '../../../src/domain/weights.ts'
import { aheadExperts } from '../../../src/experts/ahead.ts'
import type { Taught } from '../../../src/forecast/forecaster.ts'
import { loadKernel } from '../../../src/kernel/load-kernel.ts'
import { LEADS_TAUGHT } from '../../../src/networks/mlp/ahead-mlp-forecaster.ts'
import { shapedParameters } from '../../../src/networks/mlp/mlp-layout.ts'
import { mlpTrainable } from '../../../src/networks/mlp/mlp-training.ts'
import { initialTrainerState } from '../../../src/networks/network-to-train.ts'
import { trainRound } from '../../../src/networks/train-round.ts'
import { HOURS, type Lived, lived, powerOf, windStation, winds } from '../../forecast/ahead/winds.ts'

const { forecaster, training } = aheadExperts(windStation, { seed: 1 }).find(({ training }) => training)!
const { network } = training!
if (network.kind !== 'mlp') throw new Error('no mlp')
const { spec } = network
const SCALER = { count: 0, mean: new Float64Array(0), deviation: new Float64Array(0) }
const TRAINED = 600

/** For days in a row more than the wind makes, and then less. */
const off = (hour: number): number => 3 * Math.sin((2 * Math.PI * hour) / (9 * 24))

/** Outputs nothing: the base alone is left. */
const NOTHING_LEARNT: Weights = {
  ...{ version: 1, trainedAt: 0, scaler: SCALER },
  arrays: shapedParameters(spec, initialTrainerState(network, 1).optimizer.parameters),
}

/** As its learner would train it, all at once. */
function trained(taught: ReadonlyMap<number, Taught>): Weights {
  const samples = emptyFeatureSamples(1, { measured: 0, experts: ['one'] })
  for (const [hour, lesson] of taught) {
    const example = {
      issuedAt: hour * HOUR,
      current: 0,
      features: new Float64Array(0),
      truth: new Float64Array(LEADS),
      row: -1,
    }
    keepLesson(samples, { example, taught: new Map([['one', lesson]]) })
  }
  const { own, targets } = samples.lessons['one']!
  const { recentCapacity, kept } = samples.buffer
  const random = seededRandom(3)
  const batches = Array.from({ length: 500 }, () => {
    const slots = Array.from({ length: 32 }, () => recentCapacity + random.below(kept))
    return batchOfRows({ own: own!, targets, issuedAt: samples.issuedAt }, slots)
  })
  const round = { round: 1, requestedAt: 0, scaler: SCALER, learningRate: 1e-3, batches }
  return trainRound(mlpTrainable(spec, loadKernel()), initialTrainerState(network, 1), { round }).result
    .weights
}

function errorOf(forecasts: readonly (Float64Array | undefined)[], lead: number): number {
  let [error, count] = [0, 0]
  for (let hour = TRAINED; hour < HOURS - 150; hour++) {
    error += Math.abs(forecasts[hour]![lead]! - powerOf(winds[hour + 1 + lead]!) - off(hour + 1 + lead))
    count++
  }
  return error / count
}

describe('network ahead', () => {
  it('network ahead - it learns what its base does not know, that what is off stays so for days', () => {
    const { taught, forecasts } = lived(forecaster, { until: TRAINED, off })
    expect(forecasts.every((one) => one === undefined)).toBe(true)
    const weights = trained(taught)
    const by = (used: Weights) => lived(forecaster, { weightsAt: () => used, off }).forecasts
    const [learnt, base] = [by(weights), by(NOTHING_LEARNT)]
    for (const lead of [5, 11]) expect(errorOf(learnt, lead)).toBeLessThan(0.85 * errorOf(base, lead))
  })

  it('network ahead - it is taught four leads of an issue, each as often as any other at any hour of day', () => {
    const { taught } = lived(forecaster)
    expect([...taught.keys()][0]).toBeGreaterThan(100)
    const rowsOf = [...taught.values()].map(({ rows }) => rows!)
    expect(
      rowsOf.every((rows) => rows.length === LEADS_TAUGHT && rows.every((row) => row.length === spec.inputs)),
    ).toBe(true)
    // Which lead a row is of stands behind what least squares sees, of which the 1 is left out.
    const place = spec.inputs - 4 - 2
    const seen = new Map<string, number>()
    for (const [hour, { rows }] of taught) {
      for (const row of rows!) {
        const lead = Math.round(7 * row[place]! + (LEADS - 1) / 2)
        const key = `${hour % 12}/${lead}`
        seen.set(key, (seen.get(key) ?? 0) + 1)
      }
    }
    const expected = (taught.size * LEADS_TAUGHT) / (12 * LEADS)
    expect(seen.size).toBe(12 * LEADS)
    expect(Math.max(...seen.values())).toBeLessThan(1.5 * expected)
  })

  it('network ahead - says nothing of hours of which nothing is said, nor is it taught those', () => {
    const { forecasts, taught } = lived(forecaster, { weightsAt: () => NOTHING_LEARNT })
    expect(forecasts.slice(0, 100).every((one) => one === undefined)).toBe(true)
    // The last run was issued 108 h before the end, and reaches 48 h.
    const ended = HOURS - 108 + 40
    expect(Array.from(forecasts[ended]!, Number.isFinite)).toEqual(
      Array.from({ length: LEADS }, (_, lead) => lead < 8),
    )
    expect(forecasts.at(-1)).toBeUndefined()
    expect(
      Array.from(taught.get(ended)!.targets.subarray(0, LEADS_TAUGHT), Number.isFinite).slice(2),
    ).toEqual([false, false])
    expect(taught.has(HOURS - 30)).toBe(false)
  })

  it('network ahead - neither what it says nor what it is taught knows of anything that came later', () => {
    const until = 400
    const weightsAt = () => NOTHING_LEARNT
    const [whole, spoilt] = [{}, { spoiltFrom: 300 }].map((options) =>
      lived(forecaster, { ...options, until, weightsAt }),
    )
    expect(spoilt!.forecasts.slice(0, 300)).toEqual(whole!.forecasts.slice(0, 300))
    expect(spoilt!.forecasts[300]).not.toEqual(whole!.forecasts[300])
    const early = ({ taught }: Lived) => [...taught].filter(([hour]) => hour < 300 - LEADS)
    expect(early(spoilt!)).toEqual(early(whole!))
  })

  it('network ahead - goes on from a state that was written out, to the last bit', () => {
    const weightsAt = () => NOTHING_LEARNT
    const [whole, stopped] = [{}, { stopAt: 200 }].map((options) =>
      lived(forecaster, { ...options, until: 300, weightsAt }),
    )
    expect(stopped!.forecasts).toEqual(whole!.forecasts)
    expect(stopped!.taught).toEqual(whole!.taught)
    expect(whole!.forecasts.at(-1)!.every(Number.isFinite)).toBe(true)
  })
})
