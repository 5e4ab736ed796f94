import { LEADS } from '../../domain/forecast.ts'
import { DAY, type Instant } from '../../domain/instant.ts'

const DAYS = 60
/** Leads +1..+6 h, +7..+12 h and so on. */
const PARTS = 4

/** Absolute errors of the same forecasts made with a neighbour and without, over the last 60 days. Plain data. */
export interface PairedErrors {
  /** Shape of each: [day modulo 60][part of the leads]. */
  readonly withIt: Float64Array
  readonly without: Float64Array
  /** Of the newest pair, counted from 1970. */
  newest: number
}

export function emptyPairs(): PairedErrors {
  const sums = () => new Float64Array(DAYS * PARTS)
  return { withIt: sums(), without: sums(), newest: Number.MIN_SAFE_INTEGER }
}

/** Times rise. */
export function addPair(
  pairs: PairedErrors,
  {
    time,
    leadIndex,
    withIt,
    without,
  }: {
    readonly time: Instant
    readonly leadIndex: number
    /** Absolute errors. */
    readonly withIt: number
    readonly without: number
  },
): void {
  const day = Math.floor(time / DAY)
  for (let each = Math.max(pairs.newest + 1, day - DAYS + 1); each <= day; each++) {
    const from = placeOf(each)
    pairs.withIt.fill(0, from, from + PARTS)
    pairs.without.fill(0, from, from + PARTS)
  }
  pairs.newest = Math.max(pairs.newest, day)
  const at = placeOf(day) + Math.floor((leadIndex * PARTS) / LEADS)
  pairs.withIt[at]! += withIt
  pairs.without[at]! += without
}

/** Whether any six leads in a row were better with it. */
export function hasHelped({ withIt, without }: PairedErrors): boolean {
  for (let part = 0; part < PARTS; part++) {
    let [sumWith, sumWithout] = [0, 0]
    for (let at = part; at < DAYS * PARTS; at += PARTS) {
      sumWith += withIt[at]!
      sumWithout += without[at]!
    }
    if (sumWith < sumWithout) return true
  }
  return false
}

function placeOf(day: number): number {
  return (((day % DAYS) + DAYS) % DAYS) * PARTS
}
