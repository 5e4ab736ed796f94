import type { ScalerSnapshot } from '../domain/lookback.ts'

/**
 * Turns raw physical values into standard deviations from the mean, in place. Shape [step][channel], or several
 * such blocks one after another. What was never measured becomes 0 only here, after normalisation, where 0 is the
 * channel's mean: a network is told 'as usual', not 'no wind' or 'freezing point'.
 */
export function normalise(values: Float32Array, { mean, deviation }: ScalerSnapshot): void {
  const channels = mean.length
  for (let row = 0; row < values.length; row += channels) {
    for (let channel = 0; channel < channels; channel++) {
      const scaled = (values[row + channel]! - mean[channel]!) / deviation[channel]!
      values[row + channel] = Number.isNaN(scaled) ? 0 : scaled
    }
  }
}
