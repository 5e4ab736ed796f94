import type { Clock } from '../../src/domain/clock.ts'
import type { Instant } from '../../src/domain/instant.ts'

/** A clock whose sleepers wake at once, it being then as late as they asked for, or by `oversleeps` later. */
export function leapingClock({
  start = 0,
  oversleeps = () => 0,
}: {
  start?: Instant
  oversleeps?: () => number
} = {}) {
  let now = start
  const clock: Clock & { pass(ms: number): void } = {
    now: () => now,
    async sleep(ms, signal) {
      await new Promise((resolve) => setImmediate(resolve))
      if (!signal?.aborted && ms > 0) now += ms + oversleeps()
    },
    /** Time goes by without anybody sleeping. */
    pass(ms) {
      now += ms
    },
  }
  return clock
}
