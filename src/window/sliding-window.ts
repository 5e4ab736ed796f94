import type { Fold } from '../domain/fold.ts'
import type { Instant, Span } from '../domain/instant.ts'
import type { Lookback } from '../domain/lookback.ts'
import type { Reading } from '../domain/reading.ts'

export interface SlidingWindowOptions {
  readonly channels: number
  readonly cadence: Span
  /** Rows that a window spans; a multiple of `stride`. The chapter: 1440, ten days of ten minutes. */
  readonly lookback: number
  /** Rows from one step to the next. The chapter: 6, so 240 hourly steps. */
  readonly stride: number
}

/** Plain data, mutated by `step`; its size never changes. */
export interface SlidingState {
  /** Rows taken in since the beginning; a restart does not turn it back. */
  rows: number
  /** Rows since the last restart, counted up to `lookback`. */
  filled: number
  /**
   * The newest `lookback` rows. Shape [lane stride][slot steps][channel]: row r lies in lane r % stride, so the
   * rows of one lookback, `stride` apart, lie next to each other and are copied in two pieces.
   */
  readonly ring: Float32Array
  /** Each channel's last known value, held where a row has none; NaN before its first. Shape [channel]. */
  readonly known: Float32Array
}

export interface SlidingWindow extends Fold<SlidingState, Reading, Lookback | undefined> {
  /** Begins anew after a long gap: undefined until filled again, and no value is held across. */
  restart(state: SlidingState): SlidingState
}

/**
 * Slides over the readings, bridged ones too, a row each. Its output is a view of the ring: undefined until
 * `lookback` rows have come, the newest row its last step, good until the next reading. A tick costs one row.
 */
export function slidingWindow({ channels, cadence, lookback, stride }: SlidingWindowOptions): SlidingWindow {
  const steps = lookback / stride
  if (!Number.isInteger(steps) || steps < 1) {
    throw new RangeError(`a lookback of ${lookback} rows is no multiple of a stride of ${stride}`)
  }
  const laneLength = steps * channels

  return {
    initial: () => ({
      rows: 0,
      filled: 0,
      ring: new Float32Array(stride * laneLength),
      known: new Float32Array(channels).fill(Number.NaN),
    }),
    step(state, { eventTime, values }) {
      const { ring, known } = state
      const lane = (state.rows % stride) * laneLength
      const slot = Math.floor(state.rows / stride) % steps
      let place = lane + slot * channels
      for (let channel = 0; channel < channels; channel++) {
        const value = values[channel]!
        if (!Number.isNaN(value)) known[channel] = value
        ring[place++] = known[channel]!
      }
      state.rows++
      state.filled = Math.min(state.filled + 1, lookback)
      if (state.filled < lookback) return { state, output: undefined }

      const view = { issuedAt: eventTime, steps, stepSpan: stride * cadence, channels, newest: slot, lane }
      return { state, output: new RingView(state, view) }
    },
    restart(state) {
      state.filled = 0
      state.known.fill(Number.NaN)
      return state
    },
  }
}

class RingView implements Lookback {
  readonly issuedAt: Instant
  readonly steps: number
  readonly stepSpan: Span
  readonly channels: number
  readonly #newest: number
  readonly #lane: number
  readonly #state: SlidingState
  readonly #rows: number

  constructor(
    state: SlidingState,
    view: Omit<Lookback, 'copyTo'> & { readonly newest: number; readonly lane: number },
  ) {
    this.issuedAt = view.issuedAt
    this.steps = view.steps
    this.stepSpan = view.stepSpan
    this.channels = view.channels
    this.#newest = view.newest
    this.#lane = view.lane
    this.#state = state
    this.#rows = state.rows
  }

  copyTo(target: Float32Array, offset = 0): void {
    // A view kept too long would show readings later than its issue time: better no forecast than one that cheats.
    if (this.#state.rows !== this.#rows) throw new Error('the window has slid on: this lookback is gone')
    const oldest = this.#lane + (this.#newest + 1) * this.channels
    const laneEnd = this.#lane + this.steps * this.channels
    target.set(this.#state.ring.subarray(oldest, laneEnd), offset)
    target.set(this.#state.ring.subarray(this.#lane, oldest), offset + laneEnd - oldest)
  }
}
