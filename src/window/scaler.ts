import type { Fold } from '../domain/fold.ts'
import type { ScalerSnapshot } from '../domain/lookback.ts'
import type { Reading } from '../domain/reading.ts'

/** Welford's running moments. Shapes: [channel]. */
export interface ScalerState {
  /** Real readings seen. */
  readings: number
  /** Measurements of each channel; fewer than `readings` where some were masked or missing. */
  readonly counts: Float64Array
  readonly means: Float64Array
  /** Sums of squared distances from the mean. */
  readonly squares: Float64Array
}

/**
 * The mean and deviation of every channel since the session began, from measurements alone: NaN and bridged
 * readings are passed over. One reading costs one pass over the channels; `snapshotOf` tells what is known by then.
 */
export function scaler(channels: number): Fold<ScalerState, Reading, undefined> {
  return {
    initial: () => ({
      readings: 0,
      counts: new Float64Array(channels),
      means: new Float64Array(channels),
      squares: new Float64Array(channels),
    }),
    step(state, { bridged, values }) {
      if (!bridged) observe(state, values)
      return { state, output: undefined }
    },
  }
}

function observe(state: ScalerState, values: Float64Array): void {
  const { counts, means, squares } = state
  state.readings++
  for (let channel = 0; channel < means.length; channel++) {
    const value = values[channel]!
    if (Number.isNaN(value)) continue
    const count = counts[channel]! + 1
    const before = value - means[channel]!
    const mean = means[channel]! + before / count
    counts[channel] = count
    means[channel] = mean
    squares[channel] = squares[channel]! + before * (value - mean)
  }
}

/** A copy that later readings leave alone. The deviation is that of the population (divided by n). */
export function snapshotOf({ readings, counts, means, squares }: ScalerState): ScalerSnapshot {
  const deviation = squares.map((square, channel) => {
    // The division may underflow where the sum has not.
    const variance = square / counts[channel]!
    return variance > 0 ? Math.sqrt(variance) : 1
  })
  return { count: readings, mean: means.slice(), deviation }
}
