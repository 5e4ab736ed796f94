import type { Span } from '../domain/instant.ts'
import type { Reading } from '../domain/reading.ts'
import type { Lookahead } from '../forecast/ahead/lookahead.ts'
import type { NetworkInputs } from '../forecast/features/network-inputs.ts'
import { appendRow, type History, ROWS_FOR_TRUTHS, type WindowShape } from './history.ts'

/** The rows that a window spans, and what it reads of each. */
export interface WindowOptions {
  readonly inputs: NetworkInputs
  readonly cadence: Span
  /** Rows that a window spans; a multiple of `stride`. The chapter: 1440, ten days of ten minutes. */
  readonly lookback: number
  /** What is known of the hours ahead; undefined of a station that names no quantities. */
  readonly lookahead?: Lookahead | undefined
  /** Rows from one step to the next. The chapter: 6, so 240 hourly steps. */
  readonly stride: number
}

/** Plain data, mutated by its functions. */
export interface WindowState {
  /** Rows since the last restart, counted up to `lookback`: full when it gets there. */
  filled: number
  /** Each input's last known value, held where a row has none; NaN before its first. Shape [input]. */
  readonly known: Float32Array
}

/** At the least ten years of ten-minute rows: no longer than that are samples kept. */
const MOST_ROWS = 2 ** 19

export function windowShape({ lookback, stride, cadence }: WindowOptions): WindowShape {
  const steps = lookback / stride
  if (!Number.isInteger(steps) || steps < 1) {
    throw new RangeError(`a lookback of ${lookback} rows is no multiple of a stride of ${stride}`)
  }
  return { steps, stride, cadence }
}

export function emptyWindow(inputs: number): WindowState {
  return { filled: 0, known: new Float32Array(inputs).fill(Number.NaN) }
}

/** Begins anew after a long gap: not full until filled again, and no value is held across. */
export function restartWindow(state: WindowState): void {
  state.filled = 0
  state.known.fill(Number.NaN)
}

/** Puts a reading, bridged ones too, into the history as the window's newest row. True where the history let old rows go. */
export function slideWindow(
  state: WindowState,
  history: History,
  {
    reading,
    target,
    window,
  }: { readonly reading: Reading; readonly target: number; readonly window: WindowOptions | undefined },
): boolean {
  const { known } = state
  if (window) {
    window.inputs.of(reading.values).forEach((value, input) => {
      if (!Number.isNaN(value)) known[input] = value
    })
    state.filled = Math.min(state.filled + 1, window.lookback)
  }
  const measured = reading.bridged ? Number.NaN : reading.values[target]!
  const most = window ? Math.max(MOST_ROWS, 2 * window.lookback) : ROWS_FOR_TRUTHS
  return appendRow(history, { time: reading.eventTime, measured, inputs: known }, most)
}
