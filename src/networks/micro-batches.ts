import { LEADS } from '../domain/forecast.ts'
import type { EncodedBatch } from './encoding.ts'
import type { MicroBatch, NetworkGradients } from './gradient-types.ts'

export interface SampleRange {
  readonly from: number
  readonly size: number
}

/** A batch cut into ranges of samples, each as large as a micro-batch may be, but for the last. */
export function sampleRanges(
  size: number,
  { microBatchSize }: Pick<NetworkGradients, 'microBatchSize'>,
): SampleRange[] {
  return Array.from({ length: Math.ceil(size / microBatchSize) }, (_, index) => {
    const from = index * microBatchSize
    return { from, size: Math.min(microBatchSize, size - from) }
  })
}

/** The micro-batch of a range, without copying. */
export function microBatchOf(batch: EncodedBatch, { from, size }: SampleRange): MicroBatch {
  const length = batch.size === 0 ? 0 : batch.inputs.length / batch.size
  const part = (values: Float32Array, width: number): Float32Array =>
    values.subarray(from * width, (from + size) * width)
  return {
    size,
    knownCount: batch.knownCount,
    inputs: part(batch.inputs, length),
    changes: part(batch.changes, LEADS),
    known: part(batch.known, LEADS),
  }
}

/** Adds a part's gradient, such as a micro-batch's, to that of the whole. By index: `entries()` would take several times as long. */
export function addGradient(gradient: Float32Array, part: Float32Array): void {
  for (let at = 0; at < gradient.length; at++) gradient[at] = gradient[at]! + part[at]!
}
