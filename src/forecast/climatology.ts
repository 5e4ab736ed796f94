import { LEADS, validTime } from '../domain/forecast.ts'
import { HOUR, type Instant, MINUTE } from '../domain/instant.ts'
import { type Station, targetIndex } from '../domain/station.ts'
import type { Forecaster } from './forecaster.ts'

const HOURS = 24

/** Plain data. */
export interface Profile {
  /** Mean of the finished days by local hour of day. Shape [hour 24]. */
  readonly mean: Float64Array
  /** How many finished days each hour has had. Shape [hour 24]. */
  readonly days: Float64Array
  /** The hour under way, in hours since 1970 local time; its measurements count as one, at whatever cadence. */
  hour: number | null
  sum: number
  count: number
  /** Event time of the first measurement. */
  since: Instant | null
}

/**
 * The running mean at the valid time's local hour of day, m += max(1 - exp(-1/memoryDays), 1/n) (x - m): a plain mean
 * at first, then one that forgets to 1/e in `memoryDays`. Unavailable until it has seen a day; an hour of day that
 * never holds a measurement (a cadence of several hours) lies on the line between its neighbours.
 */
export function climatology(station: Station, memoryDays = 10): Forecaster<Profile> {
  const target = targetIndex(station)
  const localHour = (time: Instant): number =>
    Math.floor((time + station.time.utcOffsetMinutes * MINUTE) / HOUR)
  const newestDay = 1 - Math.exp(-1 / memoryDays)

  return {
    name: 'climatology',
    initial: emptyProfile,
    observe(profile, { eventTime, values, bridged }) {
      const value = values[target]!
      if (bridged || !Number.isFinite(value)) return
      const hour = localHour(eventTime)
      if (hour !== profile.hour) {
        finishHour(profile, profile, newestDay)
        profile.hour = hour
        profile.sum = 0
        profile.count = 0
        profile.since ??= eventTime
      }
      profile.sum += value
      profile.count++
    },
    predict(profile, { issuedAt }) {
      if (profile.since === null || issuedAt - profile.since < (HOURS - 1) * HOUR) return undefined
      const known = { mean: profile.mean.slice(), days: profile.days.slice() }
      finishHour(profile, known, newestDay)
      const byHour = withoutHoles(known)
      return Float64Array.from(
        { length: LEADS },
        (_, lead) => byHour[ofDay(localHour(validTime(issuedAt, lead)))]!,
      )
    },
  }
}

function emptyProfile(): Profile {
  return {
    mean: new Float64Array(HOURS),
    days: new Float64Array(HOURS),
    hour: null,
    sum: 0,
    count: 0,
    since: null,
  }
}

/** Counts the hour under way in `into`, as the newest day of its hour of day, which weighs `newestDay` or more. */
function finishHour(
  { hour, sum, count }: Profile,
  into: Pick<Profile, 'mean' | 'days'>,
  newestDay: number,
): void {
  if (hour === null) return
  const index = ofDay(hour)
  const days = into.days[index]! + 1
  into.days[index] = days
  into.mean[index]! += Math.max(newestDay, 1 / days) * (sum / count - into.mean[index]!)
}

/** Fills each hour of day that was never measured from the nearest ones before and after it, round the clock. */
function withoutHoles({ mean, days }: Pick<Profile, 'mean' | 'days'>): Float64Array {
  return mean.map((value, hour) => {
    if (days[hour]! > 0) return value
    const before = distance(days, hour, -1)
    const after = distance(days, hour, 1)
    return (mean[ofDay(hour - before)]! * after + mean[ofDay(hour + after)]! * before) / (before + after)
  })
}

function distance(days: Float64Array, hour: number, direction: 1 | -1): number {
  let steps = 1
  while (steps < HOURS && days[ofDay(hour + direction * steps)] === 0) steps++
  return steps
}

function ofDay(hour: number): number {
  return ((hour % HOURS) + HOURS) % HOURS
}
