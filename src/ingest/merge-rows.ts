import type { Station } from '../domain/station.ts'
import type { RawRow } from './raw-row.ts'

/** Rows that come together, those of one moment as one. */
export interface MergedRows {
  readonly rows: readonly RawRow[]
  /** Of each, the place of its first among the rows that came, and how many it was made of. */
  readonly origins: readonly { readonly index: number; readonly count: number }[]
}

/**
 * Makes one row of neighbours with one time and channels of their own each, as devices send them that have a message for
 * each quantity. The same channel twice stays two rows: which is right is not to be told here.
 */
export function mergedRows(rows: readonly RawRow[], { channels }: Pick<Station, 'channels'>): MergedRows {
  const names = new Set(channels.map(({ name }) => name))
  const merged: RawRow[] = []
  const origins: { index: number; count: number }[] = []
  for (const [index, row] of rows.entries()) {
    const last = merged.at(-1)
    if (last && isPart(last, row, names)) {
      merged[merged.length - 1] = { ...last, values: { ...last.values, ...measuredOf(row) } }
      origins.at(-1)!.count++
    } else {
      merged.push(row)
      origins.push({ index, count: 1 })
    }
  }
  return { rows: merged, origins }
}

function isPart(one: RawRow, other: RawRow, names: ReadonlySet<string>): boolean {
  if (one.outside || other.outside || one.neighbour || other.neighbour) return false
  if (one.malformed || other.malformed || one.eventTime === undefined || one.eventTime !== other.eventTime)
    return false
  const more = Object.keys(measuredOf(other))
  return more.length > 0 && more.every((name) => names.has(name) && (one.values[name] ?? null) === null)
}

function measuredOf({ values }: RawRow): RawRow['values'] {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
}
