import { LEADS } from '../domain/forecast.ts'
import type { EncodedBatch } from './encoding.ts'
import type { NetworkSlopes, Shard } from './network-gradients.ts'

export interface Share {
  readonly from: number
  readonly size: number
}

/**
 * A batch's samples in shares that are worked on apart: of so many as the network had best be given at once, or one
 * for each thread. The same for the same size and count, and with a grain for any count.
 */
export function sharesOf(size: number, { grain }: Pick<NetworkSlopes, 'grain'>, threads: number): Share[] {
  const each = grain ?? Math.max(1, Math.ceil(size / threads))
  return Array.from({ length: Math.ceil(size / each) }, (_, index) => {
    const from = index * each
    return { from, size: Math.min(each, size - from) }
  })
}

/** A share's part of a batch, without copying. */
export function shardOf(batch: EncodedBatch, { from, size }: Share): Shard {
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

/** Adds a part's slope, such as a share's, to that of the whole. By index: `entries()` would take several times as long. */
export function addSlope(slope: Float32Array, part: Float32Array): void {
  for (let at = 0; at < slope.length; at++) slope[at] = slope[at]! + part[at]!
}
