import { formatInstant, type Instant } from '../src/domain/instant.ts'
import { badFile } from '../src/ingest/bad-file.ts'
import { nameOf } from '../src/ingest/outside-file.ts'
import type { RawRow } from '../src/ingest/raw-row.ts'

/*
 * What was lived of a tape: stretches of it, each played without a break, in the order they were played since the
 * models began. A jump ahead begins another one. Rows are counted over all of them, from 1.
 */

export interface Stretch {
  /** What is played of the tape from; null: from its beginning, rows with outlier timestamps before its first time too. */
  readonly from: Instant | null
  /** Rows that were played of it. */
  rows: number
  /** Time of the tape of the last of them; null before the first. */
  until: Instant | null
  /** What the last of them is of, so that another file is known as one; absent before the first, and in what was kept before. */
  last?: string | undefined
}

/** Between two rows: how many of a stretch lie before it. */
export interface Place {
  readonly stretch: number
  readonly rows: number
}

export function unlived(from: Instant | null): Stretch {
  return { from, rows: 0, until: null }
}

/** The place behind so many rows: at the end of a stretch, not at the beginning of the next one. */
export function placeBehind(lived: readonly Stretch[], rows: number): Place {
  let before = 0
  for (const [stretch, one] of lived.entries()) {
    if (rows <= before + one.rows || stretch === lived.length - 1) return { stretch, rows: rows - before }
    before += one.rows
  }
  return { stretch: 0, rows: 0 }
}

/** The stretch that a time of the tape is in or behind. The first one where it lies before all. */
export function stretchAt(lived: readonly Stretch[], time: Instant): number {
  const behind = lived.findIndex(({ from }) => from !== null && from > time)
  return Math.max(0, (behind < 0 ? lived.length : behind) - 1)
}

/** What has been lived once a time is sought. */
export interface Sought {
  readonly lived: Stretch[]
  /** Something that was lived is not in there any more. */
  readonly forgets: boolean
}

/**
 * A time that was lived leaves all as it is. Another one begins a stretch there, behind all that was lived before it;
 * what lies beyond is dropped, for its models would have known nothing of that stretch.
 */
export function seek(lived: readonly Stretch[], time: Instant): Sought {
  const first = lived[0]!
  const isBeforeAll = first.from !== null && time < first.from
  const stretch = stretchAt(lived, time)
  const { rows, until } = lived[stretch]!
  if (!isBeforeAll && until !== null && time <= until) return { lived: [...lived], forgets: false }
  const remaining = isBeforeAll ? 0 : rows === 0 ? stretch : stretch + 1
  return {
    lived: [...lived.slice(0, remaining), unlived(time)],
    forgets: lived.slice(remaining).some((dropped) => dropped.rows > 0),
  }
}

/** Rows of all stretches. */
export function rowsOf(lived: readonly Stretch[]): number {
  return lived.reduce((sum, { rows }) => sum + rows, 0)
}

/** What a row is of, whatever line it stands in: a file may have grown at either end. */
export function ofWhat({ eventTime, outside }: RawRow): string {
  const time = eventTime === undefined ? 'no time' : formatInstant(eventTime)
  if (!outside) return `a reading of ${time}`
  return `the forecast of ${nameOf(outside)} issued at ${outside.issued_at}`
}

/**
 * Throws a `TickcastError` where the row that ends a stretch, the so manieth, is another one than when it was played: rows
 * would be left out, or come twice. Undefined: the tape has none there any more.
 */
export function refuseOther(
  { rows, last }: Stretch,
  { count, row, name }: { readonly count: number; readonly row: RawRow | undefined; readonly name: string },
): void {
  if (last === undefined || count !== rows) return
  const now = row ? ofWhat(row) : 'there no more'
  if (now === last) return
  throw badFile(
    name,
    `row ${rows} was ${last} when it was played, and is ${now}: another file, or one that has changed within; --anew begins anew`,
  )
}
