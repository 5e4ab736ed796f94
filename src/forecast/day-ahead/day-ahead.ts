import { LEADS, validTime } from '../../domain/forecast.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../../domain/instant.ts'
import { type Station, targetIndex } from '../../domain/station.ts'
import type { Example } from '../features/example.ts'
import type { Forecaster } from '../forecaster.ts'
import { emptyRing, type HourlyRing, keepHour } from '../outside/hourly-ring.ts'
import { emptyRange, keepInRange, type SeenRange, widenRange } from '../seen-range.ts'
import type { Spread } from '../spread.ts'
import { type DayDesign, type DesignState, dayDesign, deviations, type HourAhead } from './day-design.ts'
import { DAY_HOURS, type DayBefore, dayBefore, profileOf } from './day-profile.ts'
import { emptyHour, type HourRegression, product, teach } from './hour-regression.ts'

/** Days that each hour has learnt before it forecasts. */
const MIN_DAYS = 28
/** What an error of now tells of later today is learnt over so many hours, and counts as if so many squares had told nothing. */
const ERROR_MEMORY = 2000
const ERROR_RIDGE = 1
/** In deviations of the target. */
const LARGEST_ERROR = 2

/** Plain data. */
export interface DayAheadState {
  /** The target's measurements of the last days, by the station's clock. */
  readonly values: HourlyRing
  readonly range: SeenRange
  readonly design: DesignState
  /** By hour of day: on the days before and the calendar; and on what is said of the hours to come, too. Shape [hour 24]. */
  readonly plain: readonly HourRegression[]
  readonly informed: readonly HourRegression[]
  /** Sums of products of the error at an issue and the one at a lead of the same day, and of the former's square. Shape [lead 24]. */
  readonly products: Float64Array
  readonly squares: Float64Array
}

/**
 * For each hour of the day a ridge regression that forgets within a year, on all hours of the day before, the same hour two,
 * three and seven days before, the weekday, the calendar and the quantities that are known of the hour: day-ahead
 * forecasts as they are made of prices and loads (Lago et al. 2021). It learns each day once, as it was to be seen at the
 * end of the day before. Of what is left of today it forecasts the same, moved by what it errs now; of tomorrow it
 * forecasts with those in the place of what is still to come. Where a quantity is not known it does without any.
 * Unavailable for its first four weeks.
 */
export function dayAhead(station: Station): Forecaster<DayAheadState> {
  const target = targetIndex(station)
  const design = dayDesign(station)
  const offset = station.time.utcOffsetMinutes * MINUTE

  return {
    name: 'day_ahead',
    initial: () => ({
      values: emptyRing(),
      range: emptyRange(),
      design: design.initial(),
      plain: hours(design.plainColumns),
      informed: design.columns > design.plainColumns ? hours(design.columns) : [],
      products: new Float64Array(LEADS),
      squares: new Float64Array(LEADS),
    }),
    observe({ values, range }, { eventTime, values: measured, bridged }) {
      const value = measured[target]!
      if (bridged || !Number.isFinite(value)) return
      keepHour(values, eventTime + offset, value)
      widenRange(range, eventTime, value)
    },
    learn(state, example) {
      const time = example.issuedAt + offset
      if (hourOfDay(time) === DAY_HOURS - 1) learnDay(design, state, { example, time })
      else learnErrors(design, state, { example, time })
      return undefined
    },
    predict(state, { issuedAt, current, ahead }) {
      if (state.plain.some(({ learnt }) => learnt < MIN_DAYS)) return undefined
      const time = issuedAt + offset
      const today = dayOf(time)
      const yesterday = before(state, today - DAY)
      const profile = profileOf(state.values, today)
      if (!yesterday || !profile) return undefined
      const mean = new Float64Array(LEADS)
      const off = errorNow(design, state, { time, current, ahead, before: yesterday })
      const left = DAY_HOURS - 1 - hourOfDay(time)
      for (let lead = 0; lead < left; lead++) {
        const hour = { time: validTime(time, lead), hours: lead + 1, before: yesterday, ahead }
        const said = forecastOf(design, state, hour) + shareLeft(state, lead) * off
        mean[lead] = unscaled(state, said)
        profile[hourOfDay(hour.time)] = mean[lead]!
      }
      const whole = before(state, today, profile)!
      for (let lead = left; lead < LEADS; lead++) {
        const hour = { time: validTime(time, lead), hours: lead + 1, before: whole, ahead }
        mean[lead] = unscaled(state, forecastOf(design, state, hour))
      }
      keepInRange(state.range, mean)
      return mean
    },
  }
}

interface LearntIssue {
  readonly example: Example
  /** When it was issued, by the station's clock. */
  readonly time: Instant
}

/** Of an issue at the end of a day: all of the next one. */
function learnDay(design: DayDesign, state: DayAheadState, { example, time }: LearntIssue): void {
  const { ahead, truth } = example
  const known = before(state, dayOf(time))
  if (!known) return
  const { spread } = state.range
  for (let lead = 0; lead < LEADS; lead++) {
    if (Number.isNaN(truth[lead]!)) continue
    const hour = { time: validTime(time, lead), hours: lead + 1, before: known, ahead }
    const label = scaledBy(spread, truth[lead]!)
    design.learn(state.design, hour, label)
    const row = design.row(state.design, hour, { values: state.values, spread })
    const place = hourOfDay(hour.time)
    teach(state.plain[place]!, row.subarray(0, design.plainColumns), label)
    if (row.length > design.plainColumns) teach(state.informed[place]!, row, label)
  }
}

/** Of an issue within a day: how much of what was erred then was erred still later that day. */
function learnErrors(design: DayDesign, state: DayAheadState, { example, time }: LearntIssue): void {
  const { ahead, truth, current } = example
  if (state.plain.some(({ learnt }) => learnt < MIN_DAYS)) return
  const known = before(state, dayOf(time) - DAY)
  if (!known) return
  const off = errorNow(design, state, { time, current, ahead, before: known })
  for (let lead = 0; lead < LEADS - 1 - hourOfDay(time); lead++) {
    if (Number.isNaN(truth[lead]!)) continue
    const hour = { time: validTime(time, lead), hours: lead + 1, before: known, ahead }
    const error = scaledBy(state.range.spread, truth[lead]!) - forecastOf(design, state, hour)
    const share = 1 - 1 / ERROR_MEMORY
    state.products[lead] = share * state.products[lead]! + off * within(LARGEST_ERROR, error)
    state.squares[lead] = share * state.squares[lead]! + off * off
  }
}

/** How far what is measured is from what would have been forecast of it at the end of the day before, in deviations. */
function errorNow(
  design: DayDesign,
  state: DayAheadState,
  { current, ...hour }: Omit<HourAhead, 'hours'> & { readonly current: number },
): number {
  if (!Number.isFinite(current)) return 0
  const said = forecastOf(design, state, { ...hour, hours: 0 })
  return within(LARGEST_ERROR, scaledBy(state.range.spread, current) - said)
}

/** In deviations. */
function forecastOf(design: DayDesign, state: DayAheadState, hour: HourAhead): number {
  const { values, range, plain, informed } = state
  const row = design.row(state.design, hour, { values, spread: range.spread })
  const place = hourOfDay(hour.time)
  const isInformed = row.length > design.plainColumns && informed[place]!.learnt >= MIN_DAYS
  return product((isInformed ? informed : plain)[place]!.weights, row)
}

/** The day that begins at `dayStart`, as the one before another; undefined where it is not known. */
function before(
  { values, range }: DayAheadState,
  dayStart: Instant,
  profile = profileOf(values, dayStart),
): DayBefore | undefined {
  return profile && dayBefore(values, { dayStart, profile }, (value) => deviations(range.spread, value))
}

function shareLeft({ products, squares }: DayAheadState, lead: number): number {
  return products[lead]! / (squares[lead]! + ERROR_RIDGE)
}

function hours(columns: number): HourRegression[] {
  return Array.from({ length: DAY_HOURS }, () => emptyHour(columns))
}

function dayOf(time: Instant): Instant {
  return Math.floor(time / DAY) * DAY
}

function hourOfDay(time: Instant): number {
  return Math.floor(time / HOUR) % DAY_HOURS
}

function scaledBy({ mean, squares, count }: Spread, value: number): number {
  return (value - mean) / (Math.sqrt(squares / count) || 1)
}

function unscaled({ range: { spread } }: DayAheadState, value: number): number {
  return spread.mean + value * (Math.sqrt(spread.squares / spread.count) || 1)
}

function within(limit: number, value: number): number {
  return Math.min(limit, Math.max(-limit, value))
}
