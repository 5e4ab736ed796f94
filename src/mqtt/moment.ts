import type { Span } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { mergedRows } from '../ingest/merge-rows.ts'
import type { RawRow } from '../ingest/raw-row.ts'

/** Puts the rows of one moment together, as devices send them that have a topic for each quantity. */
export interface MomentGatherer {
  add(row: RawRow): void
  /** Releases what is held. */
  flush(): void
}

export interface MomentOptions {
  readonly station: Station
  /** Names of the channels that come over MQTT; without others than are there already nothing waits. */
  readonly channels: readonly string[]
  readonly release: (row: RawRow) => void
  /** Default: half the cadence, at most 30 s. */
  readonly wait?: Span
}

const LONGEST_WAIT: Span = 30_000
/** A channel that was missing so many times in a row is not waited for any more, until it comes. */
const PATIENCE = 8

/**
 * A row waits for the channels that are still to come, by the rule that puts the ticks of a body together. Of rows that
 * name no time those of one moment are those that follow each other before a channel comes again or the wait is over;
 * they are of when the first of them came.
 */
export function momentGatherer({ station, channels, release, wait }: MomentOptions): MomentGatherer {
  const longest = wait ?? Math.min(station.cadence / 2, LONGEST_WAIT)
  /** How many moments in a row each channel was missing from. */
  const missed = new Map(channels.map((name) => [name, 0]))
  const names = new Set(station.channels.map(({ name }) => name))
  let open: RawRow | undefined
  let timer: NodeJS.Timeout | undefined

  const isWhole = ({ values }: RawRow): boolean =>
    [...missed].every(([name, count]) => count >= PATIENCE || name in values)

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (open === undefined) return
    const row = open
    open = undefined
    for (const [name, count] of missed) missed.set(name, name in row.values ? 0 : count + 1)
    release(row)
  }

  function begin(row: RawRow): void {
    open = row
    if (isWhole(row)) flush()
    else timer = setTimeout(flush, longest)
  }

  return {
    flush,
    add(row) {
      // What is refused waits for nothing, and nothing joins it.
      if (row.malformed || !Object.keys(row.values).some((name) => names.has(name))) return release(row)
      if (open === undefined) return begin(row)
      const { eventTime } = open
      const part = row.isTimeless && open.isTimeless ? { ...row, eventTime } : row
      const joined = together(open, part, station)
      if (joined === undefined) {
        flush()
        return begin(row)
      }
      open = joined
      if (isWhole(open)) flush()
    },
  }
}

/** Undefined where the rows are of different moments. */
function together(open: RawRow, part: RawRow, station: Station): RawRow | undefined {
  const names = Object.keys(part.values)
  const isNothing = names.every((name) => part.values[name] === null)
  // That nothing was measured is what a channel has to say of the moment, too.
  if (isNothing && part.eventTime === open.eventTime && !names.some((name) => name in open.values))
    return { ...open, values: { ...open.values, ...part.values } }
  const { rows } = mergedRows([open, part], station)
  return rows.length === 1 ? rows[0] : undefined
}
