import { LEADS, validTime } from '../domain/forecast.ts'
import { HOUR, type Instant, type Span } from '../domain/instant.ts'
import type { Lookback } from '../domain/lookback.ts'
import { sharedFloats } from '../domain/shared-floats.ts'
import type { Batch } from '../learn/trainer.ts'

/** Rows of a block: memory is taken and given back by whole blocks. */
const BLOCK = 4096

interface HistoryBlock {
  /** Event times. Shape [row]. */
  readonly times: Float64Array
  /** The target where it was measured, else NaN. Shape [row]. */
  readonly measured: Float64Array
  /** What networks read, in physical units; the last known value where a row has none. Shape [row][input]. */
  readonly inputs: Float32Array
}

/**
 * The rows of a session, stored once: lookbacks, training samples and truths are places in it. Plain data. Rows are
 * numbered from 0 and keep their numbers.
 */
export interface History {
  /** Inputs of a row. */
  readonly width: number
  /** The oldest row that is kept; all before it are forgotten. */
  first: number
  /** The number of the next row. */
  rows: number
  /** Oldest first; all but the last one full. */
  readonly blocks: HistoryBlock[]
}

export function emptyHistory(width: number): History {
  return { width, first: 0, rows: 0, blocks: [] }
}

/** Adds a row; times rise strictly. Keeps at least the newest `most` rows, and at most a block more: true where it let some go. */
export function appendRow(
  history: History,
  {
    time,
    measured,
    inputs,
  }: { readonly time: Instant; readonly measured: number; readonly inputs: ArrayLike<number> },
  most: number,
): boolean {
  const { width, blocks } = history
  const at = (history.rows - history.first) % BLOCK
  if (at === 0) blocks.push(emptyBlock(width))
  const block = blocks.at(-1)!
  block.times[at] = time
  block.measured[at] = measured
  block.inputs.set(inputs, at * width)
  history.rows++
  if (history.rows - history.first < most + BLOCK) return false
  blocks.shift()
  history.first += BLOCK
  return true
}

function emptyBlock(width: number): HistoryBlock {
  return {
    times: new Float64Array(BLOCK),
    measured: new Float64Array(BLOCK),
    inputs: new Float32Array(BLOCK * width),
  }
}

export function timeOf({ blocks, first }: History, row: number): Instant {
  const place = row - first
  return blocks[Math.floor(place / BLOCK)]!.times[place % BLOCK]!
}

/** The target's measurement in a row; NaN where there is none. */
export function measuredAt({ blocks, first }: History, row: number): number {
  const place = row - first
  return blocks[Math.floor(place / BLOCK)]!.measured[place % BLOCK]!
}

export interface Nearest {
  readonly value: number
  readonly distance: Span
}

/**
 * The truth at a time: the measurement nearest to it, at most `tolerance` away; the earlier one of two as near.
 * `guess` is a row that may be near.
 */
export function nearestMeasurement(
  history: History,
  time: Instant,
  { tolerance, guess }: { readonly tolerance: Span; readonly guess: number },
): Nearest | undefined {
  let nearest: Nearest | undefined
  for (let row = firstRowFrom(history, time - tolerance, guess); row < history.rows; row++) {
    const away = timeOf(history, row) - time
    if (away > tolerance) break
    const value = measuredAt(history, row)
    const distance = Math.abs(away)
    if (!Number.isNaN(value) && (nearest === undefined || distance < nearest.distance)) {
      nearest = { value, distance }
    }
  }
  return nearest
}

/** The first row at or after a time, searched from `guess` outwards in steps that double. */
function firstRowFrom(history: History, time: Instant, guess: number): number {
  let low = history.first
  let high = history.rows
  let near = Math.min(Math.max(guess, low), high)
  for (let step = 1; near < high && timeOf(history, near) < time; step *= 2) {
    low = near + 1
    near += step
  }
  high = Math.min(near, high)
  for (let step = 1; near > low; step *= 2) {
    near = Math.max(low, Math.min(near, high) - step)
    if (timeOf(history, near) < time) {
      low = near + 1
      break
    }
    high = near
  }
  while (low < high) {
    const middle = (low + high) >>> 1
    if (timeOf(history, middle) < time) low = middle + 1
    else high = middle
  }
  return low
}

/** How lookbacks lie in a history. */
export interface WindowShape {
  /** Rows that are read. */
  readonly steps: number
  /** Rows from one step to the next. */
  readonly stride: number
  /** Time between two rows. */
  readonly cadence: Span
}

/** The lookback that ends with a row: a view, good as long as the row is kept. */
export function lookbackAt(history: History, row: number, { steps, stride, cadence }: WindowShape): Lookback {
  return {
    issuedAt: timeOf(history, row),
    steps,
    stepSpan: stride * cadence,
    channels: history.width,
    copyTo: (target, offset = 0) => copyLookback(history, row, { steps, stride, into: target, offset }),
  }
}

function copyLookback(
  { blocks, first, width }: History,
  row: number,
  {
    steps,
    stride,
    into,
    offset,
  }: {
    readonly steps: number
    readonly stride: number
    readonly into: Float32Array
    readonly offset: number
  },
): void {
  let to = offset
  for (let step = steps - 1; step >= 0; step--) {
    const place = row - first - step * stride
    const { inputs } = blocks[Math.floor(place / BLOCK)]!
    const from = (place % BLOCK) * width
    for (let input = 0; input < width; input++) into[to++] = inputs[from + input]!
  }
}

/** The samples at these rows side by side: their lookbacks, and the truths that came after each. */
export function batchOf(
  history: History,
  rows: readonly number[],
  { window, tolerance }: { readonly window: WindowShape; readonly tolerance: Span },
): Batch {
  const { steps, stride, cadence } = window
  const length = steps * history.width
  const inputs = sharedFloats(rows.length * length)
  const truth = sharedFloats(rows.length * LEADS).fill(Number.NaN)
  const base = new Float32Array(rows.length)
  const issuedAt = new Float64Array(rows.length)
  for (const [index, row] of rows.entries()) {
    copyLookback(history, row, { steps, stride, into: inputs, offset: index * length })
    const time = timeOf(history, row)
    issuedAt[index] = time
    base[index] = measuredAt(history, row)
    for (let lead = 0; lead < LEADS; lead++) {
      const guess = row + Math.floor(((lead + 1) * HOUR - tolerance) / cadence)
      const nearest = nearestMeasurement(history, validTime(time, lead), { tolerance, guess })
      if (nearest) truth[index * LEADS + lead] = nearest.value
    }
  }
  return { size: rows.length, inputs, truth, base, issuedAt }
}
