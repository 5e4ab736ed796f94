import { LEADS } from '../domain/forecast.ts'
import type { EncodedBatch } from './encode.ts'
import type { Shard } from './network-slopes.ts'

/** The kernel takes samples in blocks of so many. */
const BLOCK = 16

export interface Share {
  readonly from: number
  readonly size: number
}

/** A batch's samples dealt out in whole blocks, as evenly as those allow: the same for the same size and count. */
export function sharesOf(size: number, count: number): Share[] {
  const blocks = Math.ceil(size / BLOCK)
  let from = 0
  return Array.from({ length: count }, (_, index) => {
    const mine = Math.floor(blocks / count) + (index < blocks % count ? 1 : 0)
    const share = { from, size: Math.min(mine * BLOCK, size - from) }
    from += share.size
    return share
  })
}

/** A share's part of a batch, without copying. */
export function shardOf(batch: EncodedBatch, { from, size }: Share): Shard {
  const length = batch.known.length === 0 ? 0 : (batch.inputs.length / batch.known.length) * LEADS
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
