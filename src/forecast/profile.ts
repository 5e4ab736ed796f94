import { HOUR, type Instant } from '../domain/instant.ts'
import type { Reading } from '../domain/reading.ts'
import { type Station, targetIndex } from '../domain/station.ts'
import { localHour } from './local-hour.ts'

/** The running mean of each hour of a cycle, of a day (24 hours) or of a week (168). Plain data. */
export interface Profile {
  /** Mean of the finished cycles by local hour. Shape [hour of the cycle]. */
  readonly mean: Float64Array
  /** How many finished cycles each hour has had. Shape [hour of the cycle]. */
  readonly days: Float64Array
  /** The hour under way, in hours since 1970 local time; its measurements count as one, at whatever cadence. */
  hour: number | null
  sum: number
  count: number
  /** Event time of the first measurement. */
  since: Instant | null
}

export interface RunningProfile {
  initial(): Profile
  observe(profile: Profile, reading: Reading): void
  /** What is usual at a time, as known now; undefined until a whole cycle has been seen. */
  usual(profile: Profile, now: Instant): ((time: Instant) => number) | undefined
}

/**
 * Of the target, by the station's clock: m += max(1 - exp(-1/memory), 1/n) (x - m), a plain mean at first, then one that
 * forgets to 1/e in `memory` cycles. An hour that never holds a measurement lies on the line between its neighbours,
 * round the cycle.
 */
export function runningProfile(
  station: Station,
  { hours, memory }: { readonly hours: number; readonly memory: number },
): RunningProfile {
  const target = targetIndex(station)
  const newest = 1 - Math.exp(-1 / memory)
  return {
    initial: () => emptyProfile(hours),
    observe(profile, { eventTime, values, bridged }) {
      const value = values[target]!
      if (bridged || !Number.isFinite(value)) return
      const hour = localHour(station, eventTime)
      if (hour !== profile.hour) {
        finishHour(profile, profile, newest)
        profile.hour = hour
        profile.sum = 0
        profile.count = 0
        profile.since ??= eventTime
      }
      profile.sum += value
      profile.count++
    },
    usual(profile, now) {
      const { since, mean, days } = profile
      if (since === null || now - since < (hours - 1) * HOUR) return undefined
      const known = { mean: mean.slice(), days: days.slice() }
      finishHour(profile, known, newest)
      const byHour = withoutHoles(known)
      return (time) => byHour[hourOfCycle(localHour(station, time), hours)]!
    },
  }
}

function emptyProfile(hours: number): Profile {
  return {
    mean: new Float64Array(hours),
    days: new Float64Array(hours),
    hour: null,
    sum: 0,
    count: 0,
    since: null,
  }
}

/** The place in a cycle of so many hours of an hour counted from 1970. */
export function hourOfCycle(hour: number, hours: number): number {
  return ((hour % hours) + hours) % hours
}

/** Counts the hour under way in `into`, as the newest cycle of its hour, which weighs `newest` or more. */
function finishHour(
  { hour, sum, count }: Profile,
  into: Pick<Profile, 'mean' | 'days'>,
  newest: number,
): void {
  if (hour === null) return
  const index = hourOfCycle(hour, into.mean.length)
  const days = into.days[index]! + 1
  into.days[index] = days
  into.mean[index]! += Math.max(newest, 1 / days) * (sum / count - into.mean[index]!)
}

/** Fills each hour that was never measured from the nearest ones before and after it, round the cycle. */
function withoutHoles({ mean, days }: Pick<Profile, 'mean' | 'days'>): Float64Array {
  const around = (hour: number) => mean[hourOfCycle(hour, mean.length)]!
  return mean.map((value, hour) => {
    if (days[hour]! > 0) return value
    const before = distance(days, hour, -1)
    const after = distance(days, hour, 1)
    return (around(hour - before) * after + around(hour + after) * before) / (before + after)
  })
}

function distance(days: Float64Array, hour: number, direction: 1 | -1): number {
  let steps = 1
  while (steps < days.length && days[hourOfCycle(hour + direction * steps, days.length)] === 0) steps++
  return steps
}
