import type { Instant } from '../domain/instant.ts'
import { slotsInUse } from '../learn/replay-buffer.ts'
import { emptySlab, slabRow } from '../learn/slab.ts'
import { timeOf } from './history.ts'
import type { LookbackSamples } from './replay-samples.ts'
import type { StationState } from './station-state.ts'

/* What recurrent networks knew of the hours ahead, along a tape: beside each sample once, as its row in the history. */

/** By the row in the history. */
export interface WrittenLookahead {
  readonly rows: Int32Array
  /** Shape [row][column]. */
  readonly values: Float32Array
}

type Kept = Pick<StationState, 'history' | 'lookbackSamples'>

/** Of the samples issued after a time, by row the slot of each; none where networks know nothing of the hours ahead. */
export function lookaheadSlots(
  { history, lookbackSamples: { buffer, rows, lookahead } }: Kept,
  since: Instant,
): ReadonlyMap<number, number> {
  const slots = new Map<number, number>()
  if (!lookahead) return slots
  for (const slot of slotsInUse(buffer)) {
    const row = rows[slot]!
    if (row >= history.first && timeOf(history, row) > since) slots.set(row, slot)
  }
  return slots
}

/** Undefined where there is nothing to write. */
export function writeLookahead(
  { lookahead }: LookbackSamples,
  slots: ReadonlyMap<number, number>,
): WrittenLookahead | undefined {
  if (!lookahead || slots.size === 0) return undefined
  const values = new Float32Array(slots.size * lookahead.width)
  let at = 0
  for (const slot of slots.values()) values.set(slabRow(lookahead, slot), at++ * lookahead.width)
  return { rows: Int32Array.from(slots.keys()), values }
}

/** The samples as they are written with a state along a tape. */
export function withoutLookahead(samples: LookbackSamples): LookbackSamples {
  const { lookahead } = samples
  return lookahead ? { ...samples, lookahead: emptySlab(lookahead.width) } : samples
}

/** Puts what was written into the samples of a state. Throws where one is missing. */
export function fillLookahead(
  { history, lookbackSamples: { buffer, rows, lookahead } }: Kept,
  written: readonly WrittenLookahead[],
): void {
  if (!lookahead) return
  const { width } = lookahead
  const places = new Map<number, Float32Array>()
  for (const one of written)
    for (const [index, row] of one.rows.entries())
      places.set(row, one.values.subarray(index * width, (index + 1) * width))
  for (const slot of slotsInUse(buffer)) {
    const known = places.get(rows[slot]!)
    if (known) slabRow(lookahead, slot).set(known)
    else if (rows[slot]! >= history.first) throw new Error('a sample that this state learnt from is missing')
  }
}
