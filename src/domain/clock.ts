import type { Instant } from './instant.ts'

/** Wall time, handed in wherever something waits or stamps, so that a test can hold the hands. */
export interface Clock {
  now(): Instant
  /**
   * Resolves after `ms`, or as soon as `signal` is aborted; never rejects. It may wake early (a timer's reach is 24
   * days), so whoever waits for a moment looks at `now` again. Zero lets everything else that is due run first.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

const LONGEST_TIMER = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep(ms, signal) {
    if (signal?.aborted) return Promise.resolve()
    if (ms <= 0) return new Promise((resolve) => setImmediate(resolve))
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const timer = setTimeout(wake, Math.min(ms, LONGEST_TIMER))
      signal?.addEventListener('abort', wake, { once: true })
    })
  },
}
