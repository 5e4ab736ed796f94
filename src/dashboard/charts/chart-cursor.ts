import { HOUR, type Instant, SECOND } from '../../domain/instant.ts'
import type { FanData } from './fan-data.ts'

/** A key that moves the cursor of the chart. */
export type CursorKey =
  | 'ArrowLeft'
  | 'ArrowRight'
  | 'ArrowUp'
  | 'ArrowDown'
  | 'PageUp'
  | 'PageDown'
  | 'Home'
  | 'End'

const KEYS: readonly string[] = [
  ...['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'],
  ...['PageUp', 'PageDown', 'Home', 'End'],
]

export function isCursorKey(key: string): key is CursorKey {
  return KEYS.includes(key)
}

const FAR = 6 * HOUR

export interface CursorStep {
  readonly data: FanData
  /** What is within sight. */
  readonly from: Instant
  readonly to: Instant
  /** Where the cursor stands; it begins at the newest reading. */
  readonly at: Instant | undefined
  readonly now: Instant
}

/** Where a key takes the cursor: to the next row of the chart, six hours on, or to either end. Undefined where nothing is drawn. */
export function cursorAfter(key: CursorKey, { data, from, to, at, now }: CursorStep): Instant | undefined {
  const times = data.times.map((seconds) => seconds * SECOND).filter((time) => time >= from && time <= to)
  const [first, last] = [times[0], times.at(-1)]
  if (first === undefined || last === undefined) return undefined
  const start = at ?? now
  switch (key) {
    case 'Home':
      return first
    case 'End':
      return last
    case 'ArrowLeft':
    case 'ArrowDown':
      return times.findLast((time) => time < start) ?? first
    case 'ArrowRight':
    case 'ArrowUp':
      return times.find((time) => time > start) ?? last
    case 'PageDown':
      return times.findLast((time) => time <= start - FAR) ?? first
    case 'PageUp':
      return times.find((time) => time >= start + FAR) ?? last
  }
}

/** The row of an instant; the nearest one where data has gone on meanwhile. Undefined where there is none. */
export function rowAt({ times }: FanData, instant: Instant): number | undefined {
  let best: number | undefined
  for (const [index, seconds] of times.entries()) {
    const off = Math.abs(seconds * SECOND - instant)
    if (best === undefined || off < Math.abs(times[best]! * SECOND - instant)) best = index
  }
  return best
}
