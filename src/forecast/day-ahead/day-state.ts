import { LEADS } from '../../domain/forecast.ts'
import { DAY, HOUR, type Instant } from '../../domain/instant.ts'
import { emptyFit, type FittedRegression, product } from '../outside/forgetting-regression.ts'
import { emptyRing, type HourlyRing } from '../outside/hourly-ring.ts'
import { emptyRange, type SeenRange } from '../seen-range.ts'
import type { Spread } from '../spread.ts'
import { type DayDesign, type DesignState, deviations, type HourAhead } from './day-design.ts'
import { DAY_HOURS, type DayBefore, dayBefore, profileOf } from './day-profile.ts'

/** Days that each hour has learnt before it forecasts. */
const MIN_DAYS = 28
/** In deviations of the target. */
export const LARGEST_ERROR = 2

/** Plain data. */
export interface DayAheadState {
  /** The target's measurements of the last days, by the station's clock. */
  readonly values: HourlyRing
  readonly range: SeenRange
  readonly design: DesignState
  /** By hour of day: on the days before and the calendar; and on what is said of the hours to come, too. Shape [hour 24]. */
  readonly plain: readonly FittedRegression[]
  readonly informed: readonly FittedRegression[]
  /** Sums of products of the error at an issue and the one at a lead of the same day, and of the former's square. Shape [lead 24]. */
  readonly products: Float64Array
  readonly squares: Float64Array
}

export function emptyDayAhead(design: DayDesign): DayAheadState {
  return {
    values: emptyRing(),
    range: emptyRange(),
    design: design.initial(),
    plain: hours(design.plainColumns),
    informed: design.columns > design.plainColumns ? hours(design.columns) : [],
    products: new Float64Array(LEADS),
    squares: new Float64Array(LEADS),
  }
}

/** Whether it has learnt enough to forecast. */
export function isReady({ plain }: DayAheadState): boolean {
  return plain.every(({ learnt }) => learnt >= MIN_DAYS)
}

/** How far what is measured is from what would have been forecast of it at the end of the day before, in deviations. */
export function errorNow(
  design: DayDesign,
  state: DayAheadState,
  { current, ...hour }: Omit<HourAhead, 'hours'> & { readonly current: number },
): number {
  if (!Number.isFinite(current)) return 0
  const said = forecastOf(design, state, { ...hour, hours: 0 })
  return within(LARGEST_ERROR, scaledBy(state.range.spread, current) - said)
}

/** In deviations. */
export function forecastOf(design: DayDesign, state: DayAheadState, hour: HourAhead): number {
  const { values, range, plain, informed } = state
  const row = design.row(state.design, hour, { values, spread: range.spread })
  const place = hourOfDay(hour.time)
  const isInformed = row.length > design.plainColumns && informed[place]!.learnt >= MIN_DAYS
  return product((isInformed ? informed : plain)[place]!.weights, row)
}

/** The day that begins at `dayStart`, as the one before another; undefined where it is not known. */
export function before(
  { values, range }: DayAheadState,
  dayStart: Instant,
  profile = profileOf(values, dayStart),
): DayBefore | undefined {
  return profile && dayBefore(values, { dayStart, profile }, (value) => deviations(range.spread, value))
}

function hours(columns: number): FittedRegression[] {
  return Array.from({ length: DAY_HOURS }, () => emptyFit(columns))
}

export function dayOf(time: Instant): Instant {
  return Math.floor(time / DAY) * DAY
}

export function hourOfDay(time: Instant): number {
  return Math.floor(time / HOUR) % DAY_HOURS
}

export function scaledBy({ mean, squares, count }: Spread, value: number): number {
  return (value - mean) / (Math.sqrt(squares / count) || 1)
}

export function unscaled({ range: { spread } }: DayAheadState, value: number): number {
  return spread.mean + value * (Math.sqrt(spread.squares / spread.count) || 1)
}

export function within(limit: number, value: number): number {
  return Math.min(limit, Math.max(-limit, value))
}
