import type { NetworkSpec, Weights } from '../domain/weights.ts'
import type { Forecaster } from '../forecast/forecaster.ts'
import { asRecord } from '../forecast/snapshot.ts'
import { networkName } from './describe.ts'
import { decodeChanges, encodeLookback, featureCount, targetDeviation } from './encode.ts'
import { fusedPredictor } from './fused-inference.ts'
import { type Predictor, predictor } from './inference.ts'
import { loadKernel } from './kernel/load.ts'

export interface NetworkForecasterOptions {
  readonly spec: NetworkSpec
  /** The weights in effect, read at every forecast; undefined before the first promotion. */
  readonly weights: () => Weights | undefined
}

/** The target's range so far. */
interface Range {
  readonly lowest: number
  readonly highest: number
}

/** How far beyond anything seen so far a forecast may go, in standard deviations of the target. */
const BEYOND = 0.5

/**
 * The recurrent network as a forecaster: silent until weights are promoted and the window is full. It keeps to the
 * range seen so far and half a standard deviation more, so a network gone astray does limited harm. Weights belong
 * to whoever trains them: its own memory is that range alone.
 */
export function networkForecaster({ spec, weights }: NetworkForecasterOptions): Forecaster {
  const raw = new Float32Array(spec.steps * spec.channels)
  const features = new Float32Array(spec.steps * featureCount(spec))
  const kernel = loadKernel()
  let range: Range | null = null
  let prepared: { readonly of: Weights; readonly predict: Predictor } | undefined

  return {
    name: networkName(spec),
    observe({ values, bridged }) {
      const value = values[spec.target]!
      if (!bridged && Number.isFinite(value)) range = widened(range, value)
    },
    predict({ issuedAt, current, lookback }) {
      const newest = weights()
      if (newest === undefined || lookback === undefined || !Number.isFinite(current)) return undefined
      if (prepared?.of !== newest) {
        const { arrays } = newest
        const predict = kernel ? fusedPredictor(kernel, spec, arrays) : predictor(spec, arrays)
        prepared = { of: newest, predict }
      }
      const { scaler } = newest
      lookback.copyTo(raw)
      encodeLookback({ values: raw, issuedAt }, { spec, scaler, into: features })
      const means = decodeChanges(prepared.predict(features), current, { spec, scaler })
      const beyond = BEYOND * targetDeviation(spec, scaler)
      const { lowest, highest } = widened(range, current)
      return means.map((mean) => Math.min(highest + beyond, Math.max(lowest - beyond, mean)))
    },
    snapshot: () => range,
    restore(snapshot) {
      range = asRange(snapshot)
    },
  }
}

function widened(range: Range | null, value: number): Range {
  if (range === null) return { lowest: value, highest: value }
  return { lowest: Math.min(range.lowest, value), highest: Math.max(range.highest, value) }
}

function asRange(snapshot: unknown): Range | null {
  if (snapshot === null) return null
  const { lowest, highest } = asRecord(snapshot)
  if (typeof lowest === 'number' && typeof highest === 'number') return { lowest, highest }
  throw new TypeError('network: the snapshot lacks the range seen so far')
}
