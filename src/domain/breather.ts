/* After so many milliseconds work lets everything else that is due have its turn. */

/** While ticks are worked off: a reading of a station with all experts takes as much again. */
export const PIPELINE_SLICE_MS = 5
/** While a request is read or answered. */
export const REQUEST_SLICE_MS = 8
/** While a burst of messages comes in, each of them little work. */
export const BURST_SLICE_MS = 20

/** Tells work in many pieces that it has gone on for long enough in one turn of the event loop. */
export interface Breather {
  readonly isDue: boolean
  /** Everybody else has a turn meanwhile. */
  pause(): Promise<void>
}

/** A slice begins with the first question in a turn, or when a pause ends. */
export function breather(sliceMs: number): Breather {
  let since = 0
  let isOfThisTurn = false
  const begin = (): void => {
    since = performance.now()
    isOfThisTurn = true
    setImmediate(() => {
      isOfThisTurn = false
    })
  }
  return {
    get isDue() {
      if (!isOfThisTurn) begin()
      return performance.now() - since > sliceMs
    },
    pause: () =>
      new Promise((resolve) =>
        setImmediate(() => {
          begin()
          resolve()
        }),
      ),
  }
}
