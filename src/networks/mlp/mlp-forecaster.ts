import { LEADS } from '../../domain/forecast.ts'
import { HOUR, type Instant } from '../../domain/instant.ts'
import { type Station, targetIndex } from '../../domain/station.ts'
import type { Weights } from '../../domain/weights.ts'
import type { Forecaster } from '../../forecast/forecaster.ts'
import { emptyRange, keepInRange, type SeenRange, widenRange } from '../../forecast/seen-range.ts'
import { loadKernel } from '../../kernel/load-kernel.ts'
import { preparedPredictor } from '../prepared-predictor.ts'
import { kernelMlpPredictor } from './kernel-mlp-predictor.ts'
import { plainMlpPredictor } from './mlp-predictor.ts'
import { emptyScale, learnScale, type TargetScale } from './target-scale.ts'

/** A forecast of the base that is still to be compared with what came. */
interface BaseForecast {
  readonly issuedAt: Instant
  readonly mean: Float64Array
}

/** Plain data. */
export interface MlpState<Base> {
  readonly base: Base
  readonly range: SeenRange
  readonly scale: TargetScale
  /** Oldest first: one an hour at most, for as long as an example takes to mature. */
  readonly baseForecasts: BaseForecast[]
}

/** Longer ago than any example takes to mature. */
const OPEN_FOR = 26 * HOUR

/**
 * A network on the features that all experts share: available once weights are promoted and its base is. It learns and
 * predicts how far the truth is from the base, and keeps to the range seen so far, so a diverged network does limited
 * harm. Weights belong to whoever trains them.
 */
export function mlpForecaster<Base>(
  station: Station,
  { name, base }: { readonly name: string; readonly base: Forecaster<Base> },
): Forecaster<MlpState<Base>> {
  const target = targetIndex(station)
  const kernel = loadKernel()
  const predictorOf = preparedPredictor(({ arrays }: Weights) =>
    kernel ? kernelMlpPredictor(kernel, arrays) : plainMlpPredictor(arrays),
  )

  return {
    name,
    initial: () => ({
      base: base.initial(),
      range: emptyRange(),
      scale: emptyScale(station),
      baseForecasts: [],
    }),
    observe(state, reading) {
      base.observe(state.base, reading)
      const value = reading.values[target]!
      if (!reading.bridged && Number.isFinite(value)) widenRange(state.range, reading.eventTime, value)
    },
    learn({ scale, baseForecasts }, example) {
      const { issuedAt, truth } = example
      learnScale(scale, example)
      const unit = scale.scale
      const predicted = baseForecasts.find((one) => one.issuedAt === issuedAt)
      if (unit === null || !predicted) return undefined
      return {
        targets: Float32Array.from(
          { length: LEADS },
          (_, lead) => (truth[lead]! - predicted.mean[lead]!) / unit,
        ),
      }
    },
    predict(state, issue) {
      const { issuedAt, current, features, weights } = issue
      if (!features || !Number.isFinite(current)) return undefined
      const mean = base.predict(state.base, issue)
      if (!mean) return undefined
      keepBase(state.baseForecasts, { issuedAt, mean })
      const unit = state.scale.scale
      if (!weights || unit === null) return undefined
      const changes = predictorOf(weights).predict(features)
      const forecast = mean.map((value, lead) => value + unit * changes[lead]!)
      keepInRange(state.range, forecast)
      return forecast
    },
  }
}

function keepBase(kept: BaseForecast[], predicted: BaseForecast): void {
  const newest = kept.at(-1)
  if (newest && Math.floor(predicted.issuedAt / HOUR) === Math.floor(newest.issuedAt / HOUR)) return
  while (kept[0] && kept[0].issuedAt <= predicted.issuedAt - OPEN_FOR) kept.shift()
  kept.push(predicted)
}
