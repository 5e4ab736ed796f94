import { LEADS } from '../../domain/forecast.ts'
import { HOUR, type Instant } from '../../domain/instant.ts'
import type { Sample } from '../../domain/lookback.ts'
import { type Station, targetIndex } from '../../domain/station.ts'
import type { Weights } from '../../domain/weights.ts'
import type { Forecaster } from '../../forecast/forecaster.ts'
import { asSeenRange, emptyRange, keepInRange, widenRange } from '../../forecast/seen-range.ts'
import { asRecord } from '../../forecast/snapshot.ts'
import { loadKernel } from '../../kernel/load-kernel.ts'
import { kernelMlpPredictor } from './kernel-mlp-predictor.ts'
import type { MlpExpert } from './mlp-experts.ts'
import { type MlpPredictor, plainMlpPredictor } from './mlp-predictor.ts'
import { emptyScale, learnScale, type TargetScale } from './target-scale.ts'

export interface MlpForecasterOptions {
  readonly expert: MlpExpert
  /** The weights in effect, read at every forecast; undefined before the first promotion. */
  readonly weights: () => Weights | undefined
  /** Takes matured samples: features, and how far the truth was from the base, in units of the scale. */
  readonly offer: (sample: Sample) => void
}

/** A forecast of the base that a sample is still to be made of. */
interface BaseForecast {
  readonly issuedAt: Instant
  readonly mean: Float64Array
}

/** Longer ago than any sample takes to mature. */
const OPEN_FOR = 26 * HOUR

/**
 * A network on the features that all experts share: available once weights are promoted and its base is. It keeps
 * to the range seen so far, so a diverged network does limited harm. Weights belong to whoever trains them.
 */
export function mlpForecaster(
  station: Station,
  { expert, weights, offer }: MlpForecasterOptions,
): Forecaster {
  const target = targetIndex(station)
  const base = expert.base(station)
  let range = emptyRange()
  let scale = emptyScale(station)
  let open: readonly BaseForecast[] = []
  const kernel = loadKernel()
  let prepared: { readonly of: Weights; readonly predictor: MlpPredictor } | undefined

  const predictorOf = (newest: Weights): MlpPredictor => {
    if (prepared?.of === newest) return prepared.predictor
    prepared?.predictor.release()
    const predictor = kernel ? kernelMlpPredictor(kernel, newest.arrays) : plainMlpPredictor(newest.arrays)
    prepared = { of: newest, predictor }
    return predictor
  }

  /** One an hour at most: there are no more examples than that. */
  const keep = (predicted: BaseForecast): void => {
    const newest = open.at(-1)
    if (newest && Math.floor(predicted.issuedAt / HOUR) === Math.floor(newest.issuedAt / HOUR)) return
    open = [...open.filter(({ issuedAt }) => issuedAt > predicted.issuedAt - OPEN_FOR), predicted]
  }

  return {
    name: expert.name,
    observe(reading) {
      base.observe(reading)
      const value = reading.values[target]!
      if (!reading.bridged && Number.isFinite(value)) widenRange(range, reading.eventTime, value)
    },
    learn(example) {
      const { issuedAt, features, truth } = example
      learnScale(scale, example)
      const { scale: unit } = scale
      const predicted = open.find((one) => one.issuedAt === issuedAt)
      if (unit === null || !predicted) return
      offer({
        issuedAt,
        inputs: Float32Array.from(features),
        base: 0,
        truth: Float32Array.from(
          { length: LEADS },
          (_, lead) => (truth[lead]! - predicted.mean[lead]!) / unit,
        ),
      })
    },
    predict(issue) {
      const { issuedAt, current, features } = issue
      if (!features || !Number.isFinite(current)) return undefined
      const mean = base.predict(issue)
      if (!mean) return undefined
      keep({ issuedAt, mean })
      const newest = weights()
      if (!newest || scale.scale === null) return undefined
      const unit = scale.scale
      const changes = predictorOf(newest).predict(features)
      const forecast = mean.map((value, lead) => value + unit * changes[lead]!)
      keepInRange(range, forecast)
      return forecast
    },
    snapshot: () => structuredClone({ base: base.snapshot(), range, scale, open }),
    restore(snapshot) {
      const restored = asSnapshot(structuredClone(snapshot), expert.name)
      base.restore(restored.base)
      range = restored.range
      scale = restored.scale
      open = restored.open
    },
  }
}

function asSnapshot(snapshot: unknown, name: string) {
  const { base, range, scale, open } = asRecord(snapshot)
  const seen = asSeenRange(range)
  const unit = asScale(scale)
  if (!seen || !unit || !Array.isArray(open) || !open.every(isBaseForecast)) {
    throw new TypeError(`${name}: the snapshot lacks a part of its memory`)
  }
  return { base, range: seen, scale: unit, open }
}

function asScale(snapshot: unknown): TargetScale | undefined {
  const { scale, changes, count, examples } = asRecord(snapshot)
  if (scale !== null && typeof scale !== 'number') return undefined
  if (typeof changes !== 'number' || typeof count !== 'number' || typeof examples !== 'number')
    return undefined
  return { scale, changes, count, examples }
}

function isBaseForecast(value: unknown): value is BaseForecast {
  const { issuedAt, mean } = asRecord(value)
  return typeof issuedAt === 'number' && mean instanceof Float64Array
}
