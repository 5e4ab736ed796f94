import { emptyHistory, lookbackAt } from '../../src/core/history.ts'
import { emptyWindow, restartWindow, slideWindow, windowShape } from '../../src/core/window.ts'
import type { Instant, Span } from '../../src/domain/instant.ts'
import type { Lookback } from '../../src/domain/lookback.ts'
import type { NetworkInputs } from '../../src/forecast/features/network-inputs.ts'

/** A station's channels as they are. */
export function plainInputs(count: number): NetworkInputs {
  return { count, of: (values) => values, scaled: (seen) => seen }
}

interface Shape {
  readonly channels: number
  readonly cadence: Span
  readonly lookback: number
  readonly stride: number
}

/** A window under way, over a history of its own; its state may be another's. */
export function windowing(
  { channels, ...options }: Shape,
  { state = emptyWindow(channels), history = emptyHistory(channels) } = {},
) {
  const window = { inputs: plainInputs(channels), ...options }
  const shape = windowShape(window)
  return {
    state,
    history,
    shape,
    /** The lookback that a reading completes; undefined while the window fills. */
    slide(eventTime: Instant, values: readonly number[], { bridged = false } = {}): Lookback | undefined {
      const reading = { eventTime, ingestTime: eventTime, values: Float64Array.from(values), bridged }
      slideWindow(state, history, { reading, target: 0, window })
      return state.filled < options.lookback ? undefined : lookbackAt(history, history.rows - 1, shape)
    },
    restart: () => restartWindow(state),
  }
}

export function contents(lookback: Lookback): number[] {
  const target = new Float32Array(lookback.steps * lookback.channels)
  lookback.copyTo(target)
  return [...target]
}
