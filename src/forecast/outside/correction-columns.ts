import { LEADS, validTime } from '../../domain/forecast.ts'
import { DAY, type Instant } from '../../domain/instant.ts'
import { meanOfKnown } from '../mean.ts'
import { type LastDay, weightBeside } from './combination-weight.ts'
import { type HourlyRing, hourAt, meanOfHours } from './hourly-ring.ts'

/** What an issuer says, as known at an issue, and how it has done. */
export interface IssuerOutlook extends LastDay {
  /** NaN where it says nothing. Shape of each: [lead 24]. */
  readonly mean: Float64Array
  readonly spread: Float64Array
  /** 1 where it is of the forecast that says something of the issue time, too: what that has erred it goes on erring. */
  readonly isOfNow: Uint8Array
  /** Its forecast of the issue time itself, and of 25 h on. */
  readonly before: number | undefined
  readonly after: number | undefined
  readonly errors: HourlyRing
  /** Mean |error| of the week before the issue; NaN where none is known. */
  readonly usualError: number
}

export interface CorrectionRow {
  readonly outlook: IssuerOutlook
  readonly others: readonly IssuerOutlook[]
  readonly truths: HourlyRing
  readonly lead: number
  readonly issuedAt: Instant
  readonly current: number
}

/** What an error of now is worth falls to 1/e within so many leads. */
const MEMORY_LEADS = 4
const HARMONICS = 3
/** In mean absolute errors of its own over a week: what another says that is farther off is broken, and tells nothing. */
const BROKEN = 16
const YEAR = 365.2425 * DAY
/** In the columns of the clock alone, which have no unit. */
export const CLOCK_COLUMNS = 1 + 2 * HARMONICS + 2
const TARGET_COLUMNS = 21
export const CORRECTION_COLUMNS = CLOCK_COLUMNS + TARGET_COLUMNS

/**
 * What the error of a forecast from outside may depend on, at one lead: the clock and the season, what it says and says
 * of the hours beside, how it has erred of late and over the last day, how far it is
 * from what was measured, how sure it is, and what the others say. What is not known is 0. Shape: into [CORRECTION_COLUMNS].
 */
export function writeCorrectionRow(into: Float32Array, row: CorrectionRow): void {
  const { outlook, others, truths, lead, issuedAt, current } = row
  const { mean, spread, isOfNow, errors, usualError } = outlook
  const validAt = validTime(issuedAt, lead)
  const said = mean[lead]!
  const level = meanOfKnown(mean)
  const before = lead === 0 ? outlook.before : mean[lead - 1]
  const after = lead === LEADS - 1 ? outlook.after : mean[lead + 1]
  const atSameHour = (of: HourlyRing, days: number): number => hourAt(of, validAt - days * DAY)
  const lastDay = meanOfHours(errors, issuedAt, 24)
  const lateErrors = meanOfHours(errors, issuedAt, 6)
  const newest = hourAt(errors, issuedAt)
  const fading = Math.exp(-(lead + 1) / MEMORY_LEADS)
  const within = (value: number): number => (Math.abs(value) > BROKEN * usualError ? Number.NaN : value)
  // Who erred far more than it did over the last day tells little.
  const ofOthers = (of: (other: IssuerOutlook) => number): number =>
    within(meanOfKnown(others.map((other) => weightBeside(other, outlook) * of(other))))
  const theirs = ofOthers((other) => other.mean[lead]! - said)
  const theirError = ofOthers((other) => atSameHour(other.errors, 1))
  const clock = clockColumns(validAt)
  const [, sine = 0, cosine = 0] = clock
  const columns = [
    ...clock,
    said - level,
    level,
    (before ?? Number.NaN) - said,
    (after ?? Number.NaN) - said,
    lateErrors,
    newest * fading,
    current - said,
    (current - said) * fading,
    atSameHour(truths, 1) - said,
    spread[lead]!,
    ...[sine, cosine].flatMap((wave) => [wave * (said - level), wave * lastDay]),
    theirs,
    Math.abs(theirs),
    theirError,
    ...[lateErrors, newest, newest * fading, (current - said) * fading].map(
      (value) => value * isOfNow[lead]!,
    ),
  ]
  for (const [column, value] of columns.entries()) into[column] = Number.isFinite(value) ? value : 0
}

/** 1, and waves of the day and the year. */
function clockColumns(validAt: Instant): number[] {
  const day = (2 * Math.PI * (validAt % DAY)) / DAY
  const year = (2 * Math.PI * validAt) / YEAR
  const waves = Array.from({ length: HARMONICS }, (_, index) => day * (index + 1))
  return [1, ...waves.flatMap((angle) => [Math.sin(angle), Math.cos(angle)]), Math.sin(year), Math.cos(year)]
}
