/** The windows that scores roll over, in whole hours, the one under way included; `all` is since the start. */
export const WINDOW_HOURS = { '1d': 24, '7d': 7 * 24, '30d': 30 * 24, all: Number.POSITIVE_INFINITY } as const
export type Window = keyof typeof WINDOW_HOURS
/** One value for each window. */
export type ByWindow<T> = Readonly<Record<Window, T>>

const ROLLING = ['1d', '7d', '30d'] as const
export type RollingWindow = (typeof ROLLING)[number]
const KEPT = WINDOW_HOURS['30d']

/**
 * Sums of several quantities, a column each, by the hour over the last 30 days, with their totals over each window.
 * When an hour closes the totals take it in and let the one go that leaves; every 30 days they are added up afresh
 * from the hours. So no rounding piles up however long the stream, the memory does not depend on how often forecasts
 * are issued, and adding costs one addition.
 */
export interface HourlySums {
  /** The hour under way, counted from 1970. */
  hour: number
  /** Of the hour under way. Shape [column]. */
  readonly open: Float64Array
  /** Of the closed hours, a ring: shape [hour mod 720][column]. Most of what a station knows is in here: half as precise. */
  readonly hours: Float32Array
  /** Over the closed hours of each window. Shape of each: [column]. */
  readonly closed: Readonly<Record<RollingWindow, Float64Array>>
}

export function emptySums(columns: number, hour: number): HourlySums {
  const zeros = () => new Float64Array(columns)
  return {
    hour,
    open: zeros(),
    hours: new Float32Array(KEPT * columns),
    closed: { '1d': zeros(), '7d': zeros(), '30d': zeros() },
  }
}

/** What sums are added to, a number a column. */
export type SumRow = Float64Array | Float32Array

/** The rows that take in what belongs to an hour: of the one under way, or of an earlier one with its windows. */
export function rowsOf(sums: HourlySums, hour: number): readonly SumRow[] {
  const age = sums.hour - hour
  if (age <= 0) return [sums.open]
  const windows = ROLLING.filter((window) => age < WINDOW_HOURS[window]).map((window) => sums.closed[window])
  if (age >= KEPT) return windows
  const row = rowOf(sums, hour)
  return [sums.hours.subarray(row, row + sums.open.length), ...windows]
}

/** Makes `hour` the one under way; does nothing if it is not a later one. */
export function advanceTo(sums: HourlySums, hour: number): void {
  if (hour - sums.hour > KEPT) {
    closeHour(sums)
    sums.hours.fill(0)
    for (const window of ROLLING) sums.closed[window].fill(0)
    sums.hour = hour
  }
  while (sums.hour < hour) closeHour(sums)
}

/** Sums by column: of a window, of a month, of a year. */
export interface Columns {
  at(column: number): number
}

/** A view of one row of sums, or of two together: good until something is added. */
export class RowSums implements Columns {
  readonly #row: SumRow
  readonly #more: Float64Array | undefined

  constructor(row: SumRow, more?: Float64Array) {
    this.#row = row
    this.#more = more
  }

  at(column: number): number {
    return this.#more === undefined ? this.#row[column]! : this.#row[column]! + this.#more[column]!
  }
}

/** Every column's total in each window that ends with `hour`, or with the hour under way where that is later. */
export function totalsAt(sums: HourlySums, hour: number): Readonly<Record<RollingWindow, Columns>> {
  return {
    '1d': totalAt(sums, hour, '1d'),
    '7d': totalAt(sums, hour, '7d'),
    '30d': totalAt(sums, hour, '30d'),
  }
}

function totalAt(sums: HourlySums, hour: number, window: RollingWindow): Columns {
  const { open, hours } = sums
  const closed = sums.closed[window]
  if (hour <= sums.hour) return new RowSums(closed, open)
  const ahead = hour - sums.hour
  if (ahead >= WINDOW_HOURS[window]) return new RowSums(new Float64Array(open.length))
  const total = closed.map((value, column) => value + open[column]!)
  // What the hours without settlements have pushed out of the window.
  for (let step = 1; step <= ahead; step++) {
    const leaving = rowOf(sums, sums.hour + step - WINDOW_HOURS[window])
    for (let column = 0; column < total.length; column++) total[column]! -= hours[leaving + column]!
  }
  return new RowSums(total)
}

function closeHour(sums: HourlySums): void {
  const { open, hours, closed } = sums
  const row = rowOf(sums, sums.hour)
  // What the totals take in is what they will let go of.
  for (let column = 0; column < open.length; column++) open[column] = Math.fround(open[column]!)
  hours.set(open, row)
  for (const window of ROLLING) {
    const totals = closed[window]
    const leaving = rowOf(sums, sums.hour + 1 - WINDOW_HOURS[window])
    for (let column = 0; column < open.length; column++) {
      totals[column]! += open[column]! - hours[leaving + column]!
    }
  }
  open.fill(0)
  sums.hour++
  if (sums.hour % KEPT === 0) addUpAfresh(sums)
}

function addUpAfresh(sums: HourlySums): void {
  for (const window of ROLLING) {
    const totals = sums.closed[window]
    for (let column = 0; column < totals.length; column++) {
      totals[column] = sumOfClosed(sums, WINDOW_HOURS[window] - 1, column)
    }
  }
}

/** The sum over the newest `length` closed hours. */
function sumOfClosed(sums: HourlySums, length: number, column: number): number {
  let sum = 0
  for (let age = length; age > 0; age--) sum += sums.hours[rowOf(sums, sums.hour - age) + column]!
  return sum
}

/** Where an hour's sums begin in `hours`. */
function rowOf({ open }: HourlySums, hour: number): number {
  return (((hour % KEPT) + KEPT) % KEPT) * open.length
}
