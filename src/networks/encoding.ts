import { LEADS } from '../domain/forecast.ts'
import type { Instant } from '../domain/instant.ts'
import type { ScalerSnapshot } from '../domain/lookback.ts'
import { sharedFloats } from '../domain/shared-floats.ts'
import type { NetworkSpec } from '../domain/weights.ts'
import type { Batch } from '../learn/trainer.ts'
import { CLOCK_FEATURES, clockTable } from './clock-table.ts'

/*
 * The one place where physical values become what the network reads and what it predicts becomes physical values, for
 * training and inference alike. Features of a step: each input in units of its scale from its centre, then sine and
 * cosine of the hour and of the year. The clock is UTC: a station's offset only turns the circle, and the first
 * layer's weights undo that.
 */

/** Farther than this from the centre is cut off: an early scaler knows only a few days. */
const LARGEST = 10

const clocks = clockTable()

export function featureCount({ channels, aheadColumns = 0 }: NetworkSpec): number {
  return channels + aheadColumns + CLOCK_FEATURES
}

export interface RawLookback {
  /** Shape [step][channel], from `offset` on. */
  readonly values: Float32Array
  readonly offset?: number
  readonly issuedAt: Instant
  /** Of a network that knows of the hours ahead. Shape [lead 24, then step × column]. */
  readonly lookahead?: Float32Array | undefined
}

/** Writes one lookback's features to `into` from `at` on: shape [step][feature]. What was not measured becomes the mean, 0. */
export function encodeLookback(
  { values, offset = 0, issuedAt, lookahead }: RawLookback,
  { spec, scaler, into, at = 0 }: EncodeOptions,
): void {
  const { steps, stepSpan, channels, aheadColumns = 0 } = spec
  const width = featureCount(spec)
  for (let channel = 0; channel < channels; channel++) {
    const mean = scaler.mean[channel]!
    const deviation = scaler.deviation[channel]!
    let from = offset + channel
    let to = at + channel
    for (let step = 0; step < steps; step++) {
      into[to] = cutOff((values[from]! - mean) / deviation)
      from += channels
      to += width
    }
  }
  for (let step = 0; step < steps; step++) {
    for (let column = 0; lookahead && column < aheadColumns; column++) {
      into[at + step * width + channels + column] = lookahead[LEADS + step * aheadColumns + column]!
    }
    clocks.write(issuedAt - (steps - 1 - step) * stepSpan, into, at + (step + 1) * width - CLOCK_FEATURES)
  }
}

function cutOff(normal: number): number {
  if (Math.abs(normal) <= LARGEST) return normal
  return Number.isNaN(normal) ? 0 : Math.sign(normal) * LARGEST
}

export interface EncodeOptions {
  readonly spec: NetworkSpec
  readonly scaler: ScalerSnapshot
  readonly into: Float32Array
  readonly at?: number
}

/** A batch as the network is trained on it, where every training thread sees it. */
export interface EncodedBatch {
  readonly size: number
  /** Shape [sample][step][feature]. */
  readonly inputs: Float32Array<SharedArrayBuffer>
  /** Change of the target since the issue time in units of its scale, 0 where unknown. Shape [sample][lead 24]. */
  readonly changes: Float32Array<SharedArrayBuffer>
  /** 1 where the truth is known, else 0. Shape [sample][lead 24]. */
  readonly known: Float32Array<SharedArrayBuffer>
  readonly knownCount: number
}

interface BatchOptions {
  readonly spec: NetworkSpec
  readonly scaler: ScalerSnapshot
  readonly former?: EncodedBatch | undefined
}

/** Into the memory of a former batch that nobody needs any more, if one of the same size is given. */
export function encodeBatch(batch: Batch, { spec, scaler, former }: BatchOptions): EncodedBatch {
  const deviation = targetDeviation(spec, scaler)
  const rawLength = spec.steps * spec.channels
  const length = spec.steps * featureCount(spec)
  const { inputs, changes, known } = former?.size === batch.size ? former : emptyBatch(batch.size, spec)
  let knownCount = 0
  const ahead = batch.lookahead && batch.lookahead.length / batch.size
  for (let sample = 0; sample < batch.size; sample++) {
    const lookahead =
      ahead === undefined ? undefined : batch.lookahead!.subarray(sample * ahead, (sample + 1) * ahead)
    const lookback = {
      values: batch.inputs,
      offset: sample * rawLength,
      issuedAt: batch.issuedAt[sample]!,
      lookahead,
    }
    encodeLookback(lookback, { spec, scaler, into: inputs, at: sample * length })
    for (let lead = sample * LEADS; lead < (sample + 1) * LEADS; lead++) {
      const base = lookahead ? lookahead[lead - sample * LEADS]! : batch.base[sample]!
      const change = (batch.truth[lead]! - base) / deviation
      const isKnown = !Number.isNaN(change)
      changes[lead] = isKnown ? change : 0
      known[lead] = isKnown ? 1 : 0
      if (isKnown) knownCount += 1
    }
  }
  return { size: batch.size, inputs, changes, known, knownCount }
}

function emptyBatch(size: number, spec: NetworkSpec): Pick<EncodedBatch, 'inputs' | 'changes' | 'known'> {
  return {
    inputs: sharedFloats(size * spec.steps * featureCount(spec)),
    changes: sharedFloats(size * LEADS),
    known: sharedFloats(size * LEADS),
  }
}

/** What the network predicts, as values of the target. Shapes: [lead 24]. */
export function decodeChanges(
  changes: Float32Array,
  base: number | Float32Array,
  { spec, scaler }: { readonly spec: NetworkSpec; readonly scaler: ScalerSnapshot },
): Float64Array {
  const deviation = targetDeviation(spec, scaler)
  return Float64Array.from(
    changes,
    (change, lead) => (typeof base === 'number' ? base : base[lead]!) + change * deviation,
  )
}

export function targetDeviation({ target }: NetworkSpec, { deviation }: ScalerSnapshot): number {
  return deviation[target]!
}
