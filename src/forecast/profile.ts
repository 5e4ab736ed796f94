import { HOUR, type Instant } from '../domain/instant.ts'

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

export function emptyProfile(hours: number): Profile {
  return {
    mean: new Float64Array(hours),
    days: new Float64Array(hours),
    hour: null,
    sum: 0,
    count: 0,
    since: null,
  }
}

/** `newest` is what the newest cycle weighs at least. */
export function addToProfile(
  profile: Profile,
  { time, hour, value, newest }: { time: Instant; hour: number; value: number; newest: number },
): void {
  if (hour !== profile.hour) {
    finishHour(profile, profile, newest)
    profile.hour = hour
    profile.sum = 0
    profile.count = 0
    profile.since ??= time
  }
  profile.sum += value
  profile.count++
}

/**
 * The mean of each hour of the cycle with the hour under way; undefined until a whole cycle has been seen. An hour that
 * never holds a measurement lies on the line between its neighbours, round the cycle.
 */
export function meanByHour(profile: Profile, now: Instant, newest: number): Float64Array | undefined {
  const { since, mean, days } = profile
  if (since === null || now - since < (mean.length - 1) * HOUR) return undefined
  const known = { mean: mean.slice(), days: days.slice() }
  finishHour(profile, known, newest)
  return withoutHoles(known)
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
