/** Hours of which something may be said at an issue: its own, and those up to +25 h, which is beside the last lead. */
export const AHEAD_HOURS = 26

/** What is said of one quantity that is not forecast here, such as the wind or tomorrow's load, as known at an issue. Plain data. */
export interface AheadColumn {
  /** Of the issue time and of +1..+25 h; NaN where nothing is said. Shape [hour 26]. */
  readonly values: Float64Array
  /** What was said last of the hours a day before those; NaN where nothing was. Shape [hour 26]. */
  readonly dayBefore: Float64Array
  /** The same of a week before. Shape [hour 26]. */
  readonly weekBefore: Float64Array
  /** Hours since the run was issued that says the value; NaN where none does. Shape [hour 26]. */
  readonly age: Float64Array
}

/**
 * By the quantity's name, `issuer.quantity`, those alone of which something is said; and of a station that names where
 * its holidays are the columns of `calendar-columns.ts`.
 */
export type AheadNow = Readonly<Record<string, AheadColumn>>
