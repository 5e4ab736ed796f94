import { HOUR, type Instant } from '../../domain/instant.ts'
import { type HourlyRing, meanSizeOfHours } from './hourly-ring.ts'

/*
 * What an issuer is worth beside others, by its errors of the last day: discounted mean errors as weights (Bates and
 * Granger 1969), within a band in which a day's difference is chance. What it costs who is whole is a thousandth; of an
 * issuer that is frozen it takes away what it would spoil until weights of mixtures have turned, which takes days. Errors of
 * a forecast that was an hour old and of one of yesterday are not compared.
 */

const DAY_HOURS = 24
/** Fewer tell nothing: behind a gap one truth would decide. */
const LEAST_HOURS = 12
/** Issued no further apart than this. */
const ALIKE = HOUR
/** Times the error of what it is compared with: up to there it counts in full. */
const BAND = 1.3
const POWER = 4
/** Where nobody else speaks, it does. */
const LEAST_WEIGHT = 1e-6

/** How an issuer did over the last day. */
export interface LastDay {
  /** Mean |error|; NaN where too few are known. */
  readonly dayError: number
  /** When its forecast of the next hour that it speaks of was issued; NaN where that is not one time. */
  readonly issuedAt: Instant
}

/** Mean |error| of the day before; NaN where less than half of it is known. */
export function dayErrorOf(errors: HourlyRing, at: Instant): number {
  return meanSizeOfHours(errors, at, DAY_HOURS, LEAST_HOURS)
}

/** 1 of who erred about as much as the reference or less, or where that is not known; toward 0 the more it erred. */
export function combinationWeight(dayError: number, reference: number): number {
  const share = (BAND * reference) / dayError
  return share < 1 ? Math.max(share ** POWER, LEAST_WEIGHT) : 1
}

/** What one counts for beside another, where their forecasts are alike. */
export function weightBeside(one: LastDay, other: LastDay): number {
  return areAlike(one, other) ? combinationWeight(one.dayError, other.dayError) : 1
}

/** What each counts for among those whose forecasts are alike. */
export function combinationWeights(all: readonly LastDay[]): readonly number[] {
  return all.map((one) => {
    const alike = all.filter((other) => areAlike(one, other))
    return combinationWeight(one.dayError, referenceError(alike.map(({ dayError }) => dayError)))
  })
}

/** Of those that are known the middle one, of two the smaller: one that is broken does not move it. NaN where none is. */
export function referenceError(dayErrors: readonly number[]): number {
  const known = dayErrors.filter((error) => !Number.isNaN(error)).sort((one, other) => one - other)
  return known[(known.length - 1) >> 1] ?? Number.NaN
}

function areAlike(one: LastDay, other: LastDay): boolean {
  return Math.abs(one.issuedAt - other.issuedAt) <= ALIKE
}
