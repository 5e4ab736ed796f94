import { LEADS } from '../domain/forecast.ts'
import { sharedFloats } from '../domain/shared-floats.ts'
import { emptySlab, type Slab, slabRow } from '../learn/slab.ts'
import type { Batch } from '../learn/trainer.ts'

/* Samples of a network that has inputs of its own: several rows each, with an output to teach of each row. */

/** Plain data. */
export interface OwnRows {
  /** Of a sample. */
  readonly rows: number
  /** By slot: the rows one after another; zeros where there is nothing to teach. */
  readonly inputs: Slab
}

/** Writes a sample's rows down; where there are none, what stood there before goes. */
export function keepRows(
  lessons: { own?: OwnRows },
  slot: number,
  rows: readonly Float32Array[] | undefined,
): void {
  const [first] = rows ?? []
  if (first && rows) lessons.own ??= { rows: rows.length, inputs: emptySlab(rows.length * first.length) }
  if (!lessons.own) return
  const kept = slabRow(lessons.own.inputs, slot)
  if (!first || !rows) kept.fill(0)
  else for (const [place, row] of rows.entries()) kept.set(row, place * first.length)
}

/** All rows of the samples in these slots, each with its target as the first of a network's outputs. */
export function batchOfRows(
  {
    own: { rows, inputs: kept },
    targets,
    issuedAt,
  }: { readonly own: OwnRows; readonly targets: Slab; readonly issuedAt: Float64Array },
  slots: readonly number[],
): Batch {
  const size = slots.length * rows
  const inputs = sharedFloats(slots.length * kept.width)
  const truth = sharedFloats(size * LEADS).fill(Number.NaN)
  for (const [index, slot] of slots.entries()) {
    inputs.set(slabRow(kept, slot), index * kept.width)
    const taught = slabRow(targets, slot)
    for (let row = 0; row < rows; row++) truth[(index * rows + row) * LEADS] = taught[row]!
  }
  return {
    ...{ size, inputs, truth },
    base: new Float32Array(size),
    issuedAt: Float64Array.from({ length: size }, (_, index) => issuedAt[slots[Math.floor(index / rows)]!]!),
  }
}
