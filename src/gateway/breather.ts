import { setImmediate } from 'node:timers/promises'

/** Long work has a pause after so many milliseconds. */
const SLICE_MS = 8

/** Pauses in long work, in which everybody else has a turn. */
export interface Breather {
  readonly isDue: boolean
  pause(): Promise<void>
}

export function breather(): Breather {
  let since = performance.now()
  return {
    get isDue() {
      return performance.now() - since >= SLICE_MS
    },
    async pause() {
      await setImmediate()
      since = performance.now()
    },
  }
}
