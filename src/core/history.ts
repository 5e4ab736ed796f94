import { LEADS, validTime } from '../domain/forecast.ts'
import { HOUR, type Instant, type Span } from '../domain/instant.ts'
import type { Lookback } from '../domain/lookback.ts'
import {
  finalFrom,
  type Measurement,
  type MeasurementRule,
  type Neighbours,
  valueBetween,
} from '../domain/measurement-rule.ts'
import { sharedFloats } from '../domain/shared-floats.ts'
import type { Batch } from '../learn/trainer.ts'

/** Rows of a block: memory is taken and given back by whole blocks. */
const BLOCK = 4096
/** Rows that truths are looked up in, whatever the cadence: more than a value may be held for. */
export const ROWS_FOR_TRUTHS = 2 * BLOCK

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

/** Rows of a history side by side: a copy, and plain data. */
export interface HistoryRows extends HistoryBlock {
  /** The number of the first of them. */
  readonly from: number
}

/** The rows from one to before another, both of them kept or the next one. */
export function copyRows({ blocks, first, width }: History, from: number, to: number): HistoryRows {
  const count = to - from
  const copy = { from, ...emptyBlock(width, count) }
  for (let done = 0; done < count; ) {
    const place = from + done - first
    const { times, measured, inputs } = blocks[Math.floor(place / BLOCK)]!
    const start = place % BLOCK
    const end = Math.min(BLOCK, start + count - done)
    copy.times.set(times.subarray(start, end), done)
    copy.measured.set(measured.subarray(start, end), done)
    copy.inputs.set(inputs.subarray(start * width, end * width), done * width)
    done += end - start
  }
  return copy
}

/** A history of these rows, by their numbers; rows that are not kept are passed over. Throws where one is missing. */
export function historyOf(
  { width, first, rows }: Pick<History, 'width' | 'first' | 'rows'>,
  parts: readonly HistoryRows[],
): History {
  const blocks = Array.from({ length: Math.ceil((rows - first) / BLOCK) }, () => emptyBlock(width))
  let next = first
  for (const { from, times, measured, inputs } of parts.toSorted((one, other) => one.from - other.from)) {
    if (from > next) break
    for (const end = Math.min(rows, from + times.length); next < end; ) {
      const place = next - first
      const at = place % BLOCK
      const start = next - from
      const stop = Math.min(end - from, start + BLOCK - at)
      const block = blocks[Math.floor(place / BLOCK)]!
      block.times.set(times.subarray(start, stop), at)
      block.measured.set(measured.subarray(start, stop), at)
      block.inputs.set(inputs.subarray(start * width, stop * width), at * width)
      next += stop - start
    }
  }
  if (next < rows) throw new Error('a row that this state knows is missing')
  return { width, first, rows, blocks }
}

function emptyBlock(width: number, rows = BLOCK): HistoryBlock {
  return {
    times: new Float64Array(rows),
    measured: new Float64Array(rows),
    inputs: new Float32Array(rows * width),
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

/**
 * The truth at a time, by the station's rule: undefined while a later row could still change it, NaN where none has
 * come. `guess` is a row that may be near.
 */
export function truthAt(
  history: History,
  time: Instant,
  { rule, guess }: { readonly rule: MeasurementRule; readonly guess: number },
): number | undefined {
  const neighbours = neighboursOf(history, time, { rule, guess })
  const now = timeOf(history, history.rows - 1)
  if (now < finalFrom(time, neighbours, rule)) return undefined
  return valueBetween(time, neighbours, rule) ?? Number.NaN
}

/** The measurements round a time as far away as they count for the rule. */
function neighboursOf(
  history: History,
  time: Instant,
  { rule: { tolerance, line, hold }, guess }: { readonly rule: MeasurementRule; readonly guess: number },
): Neighbours {
  const next = firstRowFrom(history, time, guess)
  let before: Measurement | undefined
  const oldest = time - Math.max(tolerance, line, hold)
  for (let row = next - 1; !before && row >= history.first && timeOf(history, row) >= oldest; row--) {
    before = measurementIn(history, row)
  }
  let after: Measurement | undefined
  const newest = Math.max(time + tolerance, (before?.time ?? oldest) + line)
  for (let row = next; !after && row < history.rows && timeOf(history, row) <= newest; row++) {
    after = measurementIn(history, row)
  }
  return { before, after }
}

function measurementIn(history: History, row: number): Measurement | undefined {
  const value = measuredAt(history, row)
  return Number.isNaN(value) ? undefined : { time: timeOf(history, row), value }
}

/** The first row at or after a time, searched from `guess` outwards in steps that double. */
export function firstRowFrom(history: History, time: Instant, guess = history.first): number {
  let low = history.first
  let high = history.rows
  let near = Math.min(Math.max(guess, low), high)
  for (let step = 1; near < high && timeOf(history, near) < time; step *= 2) {
    low = near + 1
    near += step
  }
  high = Math.min(near, high)
  for (let step = 1; low < high; step *= 2) {
    near = Math.max(low, high - step)
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
  { window, rule }: { readonly window: WindowShape; readonly rule: MeasurementRule },
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
      const guess = row + Math.round(((lead + 1) * HOUR) / cadence)
      const value = truthAt(history, validTime(time, lead), { rule, guess })
      if (value !== undefined) truth[index * LEADS + lead] = value
    }
  }
  return { size: rows.length, inputs, truth, base, issuedAt }
}
