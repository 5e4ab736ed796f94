import { HOUR, type Instant } from '../../domain/instant.ts'
import { MOST_OUTSIDE_LEADS, type OutsideForecast } from '../../domain/outside.ts'

/** Forecasts of one issuer that are kept at a time: those that still say something of hours to come. */
const MOST_RUNS = 12
/** Between two leads that lie no further apart than this a value is read off the line that joins them. */
const WIDEST_STEP = 3 * HOUR

/** What an issuer has forecast, the newest first. Plain data. */
export type OutsideRuns = readonly OutsideForecast[]

/**
 * With one more. Of two that were issued at one time the one that came later is a revision, and goes before; what it
 * revises stays behind it, for those of its leads that the revision has not. Where they are too many, the oldest that was
 * revised becomes one with its revision, so that who tells of each lead by itself is heard in full; else the oldest goes.
 */
export function withRun(runs: OutsideRuns, run: OutsideForecast): OutsideRuns {
  const later = runs.filter(({ issuedAt }) => issuedAt > run.issuedAt)
  const all = [...later, run, ...runs.slice(later.length)]
  if (all.length <= MOST_RUNS) return all
  const revised = all.findLastIndex(({ issuedAt }, at) => at > 0 && all[at - 1]!.issuedAt === issuedAt)
  const one = revised > 0 ? asOne(all[revised - 1]!, all[revised]!) : undefined
  return one ? all.toSpliced(revised - 1, 2, one) : all.slice(0, MOST_RUNS)
}

/** A revision with what only the revised one says, known from when both could be had; undefined where it would be too long. */
function asOne(revision: OutsideForecast, revised: OutsideForecast): OutsideForecast | undefined {
  const said = new Map<number, readonly [mean: number, spread: number]>()
  for (const { validAt, mean, spread } of [revised, revision])
    for (const [at, time] of validAt.entries()) said.set(time, [mean[at]!, spread[at]!])
  if (said.size > MOST_OUTSIDE_LEADS) return undefined
  const validAt = Float64Array.from(said.keys()).sort()
  return {
    ...revision,
    availableAt: Math.max(revision.availableAt, revised.availableAt),
    validAt,
    mean: validAt.map((time) => said.get(time)![0]),
    spread: validAt.map((time) => said.get(time)![1]),
  }
}

/** Without those of which nothing is to come after `now`. */
export function withoutPast(runs: OutsideRuns, now: Instant): OutsideRuns {
  const isPast = ({ validAt }: OutsideForecast): boolean => validAt.at(-1)! <= now
  return runs.some(isPast) ? runs.filter((run) => !isPast(run)) : runs
}

/** What is said of a time. */
export interface OutsideValue {
  readonly mean: number
  /** NaN where none is told. */
  readonly spread: number
  /** When the forecast was issued that says it. */
  readonly issuedAt: Instant
}

/** What the newest forecast that was there at `knownAt` and reaches a time says of it; undefined where none does. */
export function valueAt(runs: OutsideRuns, time: Instant, knownAt: Instant): OutsideValue | undefined {
  for (const run of runs) {
    if (run.availableAt > knownAt) continue
    const value = valueIn(run, time)
    if (value) return value
  }
  return undefined
}

function valueIn(
  { issuedAt, validAt, mean, spread }: OutsideForecast,
  time: Instant,
): OutsideValue | undefined {
  const next = firstFrom(validAt, time)
  if (next === validAt.length) return undefined
  if (validAt[next] === time) return { mean: mean[next]!, spread: spread[next]!, issuedAt }
  if (next === 0 || validAt[next]! - validAt[next - 1]! > WIDEST_STEP) return undefined
  const share = (time - validAt[next - 1]!) / (validAt[next]! - validAt[next - 1]!)
  const between = (of: Float64Array): number => of[next - 1]! + share * (of[next]! - of[next - 1]!)
  return { mean: between(mean), spread: between(spread), issuedAt }
}

/** The place of the first that is not before a time. */
function firstFrom(times: Float64Array, time: Instant): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle]! < time) low = middle + 1
    else high = middle
  }
  return low
}
