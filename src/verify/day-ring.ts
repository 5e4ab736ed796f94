const DAYS = 30

/** Sums of several quantities over the last 30 days that have ended, a column each. */
export interface DayRing {
  /** The day under way; undefined before the first. */
  day: number | undefined
  /** Days that have ended. */
  ended: number
  /** Of the day under way. Shape [column]. */
  readonly open: Float64Array
  /** Of the days that have ended, a ring: shape [ended mod 30][column]. */
  readonly days: Float64Array
  /** Over those 30. Shape [column]. */
  readonly total: Float64Array
}

export function emptyDays(columns: number): DayRing {
  return {
    day: undefined,
    ended: 0,
    open: new Float64Array(columns),
    days: new Float64Array(DAYS * columns),
    total: new Float64Array(columns),
  }
}

/** Makes `day` the day under way if it is later; `ended` is called for each day that ends, with its sums. */
export function advanceToDay(
  ring: DayRing,
  day: number,
  ended: (day: number, sums: Float64Array) => void,
): void {
  ring.day ??= day
  while (ring.day < day) {
    const sums = endDay(ring)
    ended(ring.day, sums)
    ring.day++
  }
}

/** Whether `total` is over 30 days. */
export function isFull({ ended }: DayRing): boolean {
  return ended >= DAYS
}

function endDay(ring: DayRing): Float64Array {
  const { open, days, total } = ring
  const row = (ring.ended % DAYS) * open.length
  days.set(open, row)
  open.fill(0)
  ring.ended++
  // Added up afresh: no rounding piles up, and a day comes but once in 24 hours.
  total.fill(0)
  for (let index = 0; index < days.length; index++) total[index % open.length]! += days[index]!
  return days.subarray(row, row + open.length)
}
