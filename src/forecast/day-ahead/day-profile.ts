import { DAY, HOUR, type Instant } from '../../domain/instant.ts'
import { meanOfKnown } from '../mean.ts'
import { type HourlyRing, hourAt } from '../outside/hourly-ring.ts'

export const DAY_HOURS = 24
/** An hour that nobody measured is as it was the day before, or up to so many days before. */
const MOST_DAYS_BACK = 6
/** In days before the hour that is forecast. */
const LAGS = [2, 3, 7] as const
const WEEKDAYS = 6
/** 1, the profile with its lowest, highest and mean, the mean of the day before that, the lags, weekdays. */
export const PROFILE_COLUMNS = 1 + DAY_HOURS + 4 + LAGS.length + WEEKDAYS

/** The hours of a day by the station's clock, as far as they are over; undefined where one is not known of any day just before. */
export function profileOf(values: HourlyRing, dayStart: Instant): Float64Array | undefined {
  const profile = new Float64Array(DAY_HOURS)
  for (let hour = 0; hour < DAY_HOURS; hour++) {
    const time = dayStart + hour * HOUR
    let back = 0
    while (back < MOST_DAYS_BACK && Number.isNaN(hourAt(values, time - back * DAY))) back++
    const value = hourAt(values, time - back * DAY)
    if (Number.isNaN(value)) return undefined
    profile[hour] = value
  }
  return profile
}

/** The columns that all hours of a day have in common: of the day before, and of the one before that. */
export interface DayBefore {
  /** The hours of the day before, in the target's unit. */
  readonly profile: Float64Array
  /** Shape [common column]. */
  readonly common: Float32Array
}

export function dayBefore(
  values: HourlyRing,
  { dayStart, profile }: { readonly dayStart: Instant; readonly profile: Float64Array },
  scaled: (value: number) => number,
): DayBefore {
  const hours = profile.map(scaled)
  const earlier = profileOf(values, dayStart - DAY) ?? profile
  const common = Float32Array.from([
    1,
    ...hours,
    ...[Math.min(...hours), Math.max(...hours), meanOfKnown(hours), meanOfKnown(earlier.map(scaled))],
  ])
  return { profile, common }
}

/** What an hour, by the station's clock, may depend on of the days before. Shape: into [PROFILE_COLUMNS]. */
export function writeProfile(
  into: Float32Array,
  { profile, common }: DayBefore,
  {
    values,
    time,
    scaled,
  }: {
    readonly values: HourlyRing
    readonly time: Instant
    readonly scaled: (value: number) => number
  },
): void {
  const day = Math.floor(time / DAY)
  const last = profile[Math.floor(time / HOUR) - day * DAY_HOURS]!
  into.set(common)
  let at = common.length
  for (const days of LAGS) {
    const value = hourAt(values, time - days * DAY)
    into[at++] = scaled(Number.isNaN(value) ? last : value)
  }
  // 1970 began on a Thursday.
  const weekday = (day + 3) % 7
  if (weekday < WEEKDAYS) into[at + weekday] = 1
}
