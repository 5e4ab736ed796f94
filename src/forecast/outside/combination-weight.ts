import type { Instant } from '../../domain/instant.ts'
import { type HourlyRing, meanSizeOfHours } from './hourly-ring.ts'

/*
 * What an issuer is worth beside others, by its errors of the last day: discounted mean errors as weights (Bates and
 * Granger 1969), within a band in which a day's difference is chance. What it costs who is whole is a thousandth; of an
 * issuer that is frozen it takes away what it would spoil until weights of mixtures have turned, which takes days.
 */

const DAY_HOURS = 24
/** Times the error of what it is compared with: up to there it counts in full. */
const BAND = 1.3
const POWER = 4

/** Mean |error| of the day before; NaN where none is known. */
export function dayErrorOf(errors: HourlyRing, at: Instant): number {
  return meanSizeOfHours(errors, at, DAY_HOURS)
}

/** 1 of who erred about as much as the reference or less, or where one of both is not known; toward 0 the more it erred. */
export function combinationWeight(dayError: number, reference: number): number {
  const share = (BAND * reference) / dayError
  return share < 1 ? share ** POWER : 1
}

/** Of those that are known the middle one, of two the smaller: one that is broken does not move it. NaN where none is. */
export function referenceError(dayErrors: readonly number[]): number {
  const known = dayErrors.filter((error) => !Number.isNaN(error)).sort((one, other) => one - other)
  return known[(known.length - 1) >> 1] ?? Number.NaN
}
