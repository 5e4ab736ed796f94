import { LEADS } from '../domain/forecast.ts'
import { type Station, targetIndex } from '../domain/station.ts'
import type { Forecaster } from './forecaster.ts'
import { localHour } from './local-hour.ts'
import { meanOfKnown } from './mean.ts'
import { hourOfCycle } from './profile.ts'

const DAY_HOURS = 24
const WEEK_HOURS = 7 * DAY_HOURS
/** Of the first week's hours: with fewer another week is awaited. */
const FEWEST = WEEK_HOURS / 2
/** How fast a set of rates is judged anew: over some four weeks. */
const LOSS_RATE = 1 / (4 * WEEK_HOURS)

/** Smoothing rates of level, day and week, and how much of an error an hour later is left. */
interface Rates {
  readonly level: number
  readonly day: number
  readonly week: number
  readonly error: number
}

const RATES: readonly Rates[] = [0.003, 0.03].flatMap((level) =>
  [
    { day: 0.02, week: 0.05 },
    { day: 0.1, week: 0.1 },
    { day: 0.05, week: 0.3 },
    { day: 0.3, week: 0.05 },
  ].flatMap((both) => [0.7, 0.9, 0.97].map((error) => ({ level, ...both, error }))),
)

/** Plain data; shapes by set of rates. */
export interface DoubleSeasonal {
  /** The first week, or the first half a week is known of: sums and counts. Shape [hour of week 168]. */
  readonly sums: Float64Array
  readonly counts: Float64Array
  /** Hours since 1970 by the station's clock: the first, and the newest that was taken in; its first measurement counts. */
  first: number | null
  newest: number | null
  begun: boolean
  /** Shape [set]. */
  readonly level: Float64Array
  readonly error: Float64Array
  /** Mean absolute error a day ahead so far. Shape [set]; NaN at first. */
  readonly loss: Float64Array
  /** Shapes [set][hour of day 24], [set][hour of week 168]. */
  readonly day: Float64Array
  readonly week: Float64Array
  /** What was forecast for an hour a day before it, by its hour of day; NaN where nothing was. Shape [set][hour 24]. */
  readonly dayAhead: Float64Array
}

/**
 * Double-seasonal exponential smoothing with an autoregressive error (Taylor 2003): a level, a profile by hour of day,
 * another by hour of week, each following what comes at its own rate. Two dozen sets of rates run side by side; the one
 * that erred least a day ahead of late speaks. Hours without a measurement leave all as it is. Unavailable until it has
 * seen a week.
 */
export function doubleSeasonal(station: Station): Forecaster<DoubleSeasonal> {
  const target = targetIndex(station)
  return {
    name: 'double_seasonal',
    initial: emptySmoothing,
    observe(state, { eventTime, values, bridged }) {
      const value = values[target]!
      if (bridged || !Number.isFinite(value)) return
      const hour = localHour(station, eventTime)
      if (state.newest !== null && hour <= state.newest) return
      state.first ??= hour
      if (!state.begun && hour - state.first >= WEEK_HOURS) begin(state)
      forgetMissed(state, hour)
      state.newest = hour
      if (!state.begun) countIn(state, hour, value)
      else for (let set = 0; set < RATES.length; set++) smooth(state, set, { hour, value })
    },
    predict(state, { issuedAt }) {
      if (!state.begun || state.newest === null) return undefined
      const set = leastLoss(state.loss)
      const { newest } = state
      const since = localHour(station, issuedAt) - newest
      return Float64Array.from({ length: LEADS }, (_, lead) =>
        at(state, set, { newest, ahead: since + lead + 1 }),
      )
    },
  }
}

function emptySmoothing(): DoubleSeasonal {
  const sets = RATES.length
  return {
    sums: new Float64Array(WEEK_HOURS),
    counts: new Float64Array(WEEK_HOURS),
    first: null,
    newest: null,
    begun: false,
    level: new Float64Array(sets),
    error: new Float64Array(sets),
    loss: new Float64Array(sets).fill(Number.NaN),
    day: new Float64Array(sets * DAY_HOURS),
    week: new Float64Array(sets * WEEK_HOURS),
    dayAhead: new Float64Array(sets * DAY_HOURS).fill(Number.NaN),
  }
}

function countIn({ sums, counts }: DoubleSeasonal, hour: number, value: number): void {
  sums[hourOfCycle(hour, WEEK_HOURS)]! += value
  counts[hourOfCycle(hour, WEEK_HOURS)]!++
}

/** Hours that nobody measured have forecast nothing for a day later. */
function forgetMissed({ newest, dayAhead }: DoubleSeasonal, hour: number): void {
  if (newest === null) return
  for (let missed = newest + 1; missed < Math.min(hour, newest + 1 + DAY_HOURS); missed++) {
    for (let set = 0; set < RATES.length; set++)
      dayAhead[set * DAY_HOURS + hourOfCycle(missed, DAY_HOURS)] = Number.NaN
  }
}

/** From the first week: its mean, the means of its hours of day, and what is left of its hours of week. */
function begin(state: DoubleSeasonal): void {
  const { sums, counts } = state
  const measured = counts.filter((count) => count > 0).length
  if (measured < FEWEST) return
  const means = sums.map((sum, hour) => (counts[hour]! > 0 ? sum / counts[hour]! : Number.NaN))
  const level = meanOfKnown(means)
  const day = Float64Array.from({ length: DAY_HOURS }, (_, hour) => {
    const mean = meanOfKnown(means.filter((_, ofWeek) => ofWeek % DAY_HOURS === hour))
    return Number.isNaN(mean) ? 0 : mean - level
  })
  const week = means.map((mean, hour) => (Number.isNaN(mean) ? 0 : mean - level - day[hour % DAY_HOURS]!))
  for (let set = 0; set < RATES.length; set++) {
    state.level[set] = level
    state.day.set(day, set * DAY_HOURS)
    state.week.set(week, set * WEEK_HOURS)
  }
  state.begun = true
}

function smooth(
  state: DoubleSeasonal,
  set: number,
  { hour, value }: { readonly hour: number; readonly value: number },
): void {
  const rates = RATES[set]!
  const ofDay = set * DAY_HOURS + hourOfCycle(hour, DAY_HOURS)
  const ofWeek = set * WEEK_HOURS + hourOfCycle(hour, WEEK_HOURS)
  const foreseen = state.dayAhead[ofDay]!
  if (!Number.isNaN(foreseen)) follow(state.loss, set, Math.abs(value - foreseen))
  const [level, day, week] = [state.level[set]!, state.day[ofDay]!, state.week[ofWeek]!]
  state.error[set] = value - level - day - week
  state.level[set] = level + rates.level * (value - day - week - level)
  state.day[ofDay] = day + rates.day * (value - state.level[set]! - week - day)
  state.week[ofWeek] = week + rates.week * (value - state.level[set]! - day - week)
  state.dayAhead[ofDay] = at(state, set, { newest: hour, ahead: DAY_HOURS })
}

/** The forecast so many hours ahead of the newest measurement. */
function at(
  state: DoubleSeasonal,
  set: number,
  { newest, ahead }: { readonly newest: number; readonly ahead: number },
): number {
  const hour = newest + ahead
  return (
    state.level[set]! +
    state.day[set * DAY_HOURS + hourOfCycle(hour, DAY_HOURS)]! +
    state.week[set * WEEK_HOURS + hourOfCycle(hour, WEEK_HOURS)]! +
    state.error[set]! * RATES[set]!.error ** ahead
  )
}

function follow(loss: Float64Array, set: number, error: number): void {
  const known = loss[set]!
  loss[set] = Number.isNaN(known) ? error : known + LOSS_RATE * (error - known)
}

/** The first of them until any is known. */
function leastLoss(loss: Float64Array): number {
  let least = 0
  for (let set = 1; set < loss.length; set++) if (loss[set]! < loss[least]!) least = set
  return least
}
