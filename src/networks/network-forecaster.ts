import { type Station, targetIndex } from '../domain/station.ts'
import type { NetworkSpec, Weights } from '../domain/weights.ts'
import type { Forecaster } from '../forecast/forecaster.ts'
import { asSeenRange, emptyRange, keepInRange, widenRange } from '../forecast/seen-range.ts'
import { loadKernel } from '../kernel/load-kernel.ts'
import { decodeChanges, encodeLookback, featureCount } from './encoding.ts'
import { kernelPredictor } from './kernel-predictor.ts'
import type { Predictor } from './network-parts.ts'
import { plainPredictor } from './plain-predictor.ts'

export interface NetworkForecasterOptions {
  readonly name: string
  readonly spec: NetworkSpec
  /** The weights in effect, read at every forecast; undefined before the first promotion. */
  readonly weights: () => Weights | undefined
}

/**
 * A recurrent network as a forecaster: available once weights are promoted and the window is full. It keeps to the
 * range seen so far and half a standard deviation more, so a diverged network does limited harm. Weights belong
 * to whoever trains them: its own memory is that range alone.
 */
export function networkForecaster(
  station: Station,
  { name, spec, weights }: NetworkForecasterOptions,
): Forecaster {
  const target = targetIndex(station)
  const raw = new Float32Array(spec.steps * spec.channels)
  const features = new Float32Array(spec.steps * featureCount(spec))
  const kernel = loadKernel()
  let range = emptyRange()
  let prepared: { readonly of: Weights; readonly predictor: Predictor } | undefined

  return {
    name,
    observe({ eventTime, values, bridged }) {
      const value = values[target]!
      if (!bridged && Number.isFinite(value)) widenRange(range, eventTime, value)
    },
    predict({ issuedAt, current, lookback }) {
      const newest = weights()
      if (newest === undefined || lookback === undefined || !Number.isFinite(current)) return undefined
      if (prepared?.of !== newest) {
        const { arrays } = newest
        prepared?.predictor.release()
        prepared = {
          of: newest,
          predictor: kernel ? kernelPredictor(kernel, spec, arrays) : plainPredictor(spec, arrays),
        }
      }
      const { scaler } = newest
      lookback.copyTo(raw)
      encodeLookback({ values: raw, issuedAt }, { spec, scaler, into: features })
      const mean = decodeChanges(prepared.predictor.predict(features), current, { spec, scaler })
      keepInRange(range, mean)
      return mean
    },
    snapshot: () => structuredClone(range),
    restore(snapshot) {
      const seen = asSeenRange(structuredClone(snapshot))
      if (!seen) throw new TypeError(`${name}: the snapshot lacks the range seen so far`)
      range = seen
    },
  }
}
