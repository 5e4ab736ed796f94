import { type Station, targetIndex } from '../domain/station.ts'
import type { NetworkSpec, Weights } from '../domain/weights.ts'
import type { Forecaster } from '../forecast/forecaster.ts'
import { emptyRange, keepInRange, type SeenRange, widenRange } from '../forecast/seen-range.ts'
import { loadKernel } from '../kernel/load-kernel.ts'
import { decodeChanges, encodeLookback, featureCount } from './encoding.ts'
import { kernelPredictor } from './kernel-predictor.ts'
import { plainPredictor } from './plain-predictor.ts'
import { preparedPredictor } from './prepared-predictor.ts'

/**
 * A recurrent network as a forecaster: available once weights are promoted and the window is full. It keeps to the
 * range seen so far and half a standard deviation more, so a diverged network does limited harm. Weights belong
 * to whoever trains them: its own state is that range alone.
 */
export function networkForecaster(
  station: Station,
  { name, spec }: { readonly name: string; readonly spec: NetworkSpec },
): Forecaster<SeenRange> {
  const target = targetIndex(station)
  const raw = new Float32Array(spec.steps * spec.channels)
  const features = new Float32Array(spec.steps * featureCount(spec))
  const kernel = loadKernel()
  const predictorOf = preparedPredictor(({ arrays }: Weights) =>
    kernel ? kernelPredictor(kernel, spec, arrays) : plainPredictor(spec, arrays),
  )

  return {
    name,
    initial: emptyRange,
    observe(range, { eventTime, values, bridged }) {
      const value = values[target]!
      if (!bridged && Number.isFinite(value)) widenRange(range, eventTime, value)
    },
    predict(range, { issuedAt, current, lookback, weights, lookahead }) {
      if (!weights || !lookback || !Number.isFinite(current)) return undefined
      if (spec.aheadColumns !== undefined && !lookahead) return undefined
      const { scaler } = weights
      lookback.copyTo(raw)
      encodeLookback({ values: raw, issuedAt, lookahead }, { spec, scaler, into: features })
      const mean = decodeChanges(predictorOf(weights).predict(features), lookahead ?? current, {
        spec,
        scaler,
      })
      keepInRange(range, mean)
      return mean
    },
  }
}
