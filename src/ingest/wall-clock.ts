import { IANAZone } from 'luxon'
import { DAY, type Instant, MINUTE, type Span } from '../domain/instant.ts'

/** What a wall clock shows, as milliseconds as if it were UTC. */
export type WallTime = number

/** How what a clock on a wall shows becomes an instant. */
export interface WallClock {
  /** The earlier one where a time is there twice; undefined where the clock never shows it. */
  instantOf(wall: WallTime): Instant | undefined
  /** The later one of a time that is there twice, else undefined. */
  laterOf(wall: WallTime): Instant | undefined
}

export function fixedClock(ahead: Span): WallClock {
  return { instantOf: (wall) => wall - ahead, laterOf: () => undefined }
}

/** Clocks are put forward and back at times that are multiples of it. */
const STEP: Span = 15 * MINUTE
const MOST_REMEMBERED = 4096

/** A clock that follows summer time. */
export function zoneClock(name: string): WallClock {
  const zone = IANAZone.create(name)
  /** By quarter of an hour: how far the clock is ahead of UTC, in the earlier and the later way of reading it. */
  const known = new Map<number, readonly Span[]>()
  const aheadAt = (instant: Instant): Span => zone.offset(instant) * MINUTE
  const waysOf = (wall: WallTime): readonly Span[] => {
    const quarter = Math.floor(wall / STEP)
    const found = known.get(quarter)
    if (found) return found
    const begin = quarter * STEP
    const ahead = [aheadAt(begin - DAY), aheadAt(begin + DAY)]
    const ways = [...new Set(ahead)].filter((span) => aheadAt(begin - span) === span).sort((a, b) => b - a)
    if (known.size >= MOST_REMEMBERED) known.clear()
    known.set(quarter, ways)
    return ways
  }
  return {
    instantOf(wall) {
      const [ahead] = waysOf(wall)
      return ahead === undefined ? undefined : wall - ahead
    },
    laterOf(wall) {
      const ahead = waysOf(wall)[1]
      return ahead === undefined ? undefined : wall - ahead
    },
  }
}
