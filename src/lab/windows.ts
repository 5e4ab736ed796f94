import type { ScalerSnapshot } from '../domain/lookback.ts'
import type { Random } from '../domain/random.ts'
import { normalise } from '../window/normalise.ts'
import { scaler, snapshotOf } from '../window/scaler.ts'
import type { ModelBatch } from './model/experiment-model.ts'
import type { Frame, Span } from './protocol.ts'
import type { Series } from './series.ts'

/** Windows and their targets, indexed into one normalised copy of the series; nothing is laid out in advance. */
export interface Windows {
  readonly frame: Frame
  readonly width: number
  /** What one unit of loss is in the target's own unit. */
  readonly deviation: number
  /** Windows and targets for these rows. Its arrays are good until the next call. */
  batch(rows: Int32Array): ModelBatch
}

export interface WindowsOptions {
  readonly frame: Frame
  readonly scale: ScalerSnapshot
  /** Newest step first. */
  readonly reversed?: boolean
}

/** Means and deviations of the first rows. */
export function scaleOf({ times, values, channels }: Series, rows: number): ScalerSnapshot {
  const { initial, step } = scaler(channels.length)
  let state = initial()
  for (let row = 0; row < rows; row++) {
    const measured = Float64Array.from(values.subarray(row * channels.length, (row + 1) * channels.length))
    const eventTime = times[row]!
    state = step(state, { eventTime, ingestTime: eventTime, values: measured, bridged: false }).state
  }
  return snapshotOf(state)
}

export function windowsOver(series: Series, { frame, scale, reversed = false }: WindowsOptions): Windows {
  const width = series.channels.length
  const values = series.values.slice()
  normalise(values, scale)
  const { steps, stride, newest, ahead } = frame
  const length = steps * width
  let inputs = new Float32Array(0)
  let targets = new Float32Array(0)

  return {
    frame,
    width,
    deviation: scale.deviation[series.target]!,
    batch(rows) {
      if (targets.length < rows.length) {
        inputs = new Float32Array(rows.length * length)
        targets = new Float32Array(rows.length)
      }
      for (let sample = 0; sample < rows.length; sample++) {
        const row = rows[sample]!
        const last = row + newest
        for (let step = 0; step < steps; step++) {
          const back = reversed ? step : steps - 1 - step
          const from = (last - back * stride) * width
          const to = sample * length + step * width
          for (let channel = 0; channel < width; channel++) inputs[to + channel] = values[from + channel]!
        }
        targets[sample] = values[(row + ahead) * width + series.target]!
      }
      return {
        size: rows.length,
        inputs: inputs.subarray(0, rows.length * length),
        targets: targets.subarray(0, rows.length),
      }
    },
  }
}

/** Rows drawn with replacement, as the chapter's generator draws them. */
export function drawnRows({ from, until }: Span, size: number, random: Random): Int32Array {
  return Int32Array.from({ length: size }, () => from + random.below(until - from))
}

/** Every `every`th row in order, in batches. */
export function* rowBatches(
  { from, until }: Span,
  { size, every }: { readonly size: number; readonly every: number },
): Generator<Int32Array> {
  const count = Math.ceil((until - from) / every)
  for (let first = 0; first < count; first += size) {
    yield Int32Array.from(
      { length: Math.min(size, count - first) },
      (_, index) => from + (first + index) * every,
    )
  }
}
