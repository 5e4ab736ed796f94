import { LEADS } from '../domain/forecast.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../domain/instant.ts'
import { featureRule } from '../domain/measurement-rule.ts'
import { type Station, targetIndex } from '../domain/station.ts'
import type { DesignRow } from './features/design-row.ts'
import { moreColumns } from './features/more-columns.ts'
import { type FeatureLayout, featureLayout } from './features/station-features.ts'
import { writeWaves } from './features/waves.ts'
import type { Forecaster } from './forecaster.ts'
import { type LeastSquaresState, leastSquares } from './least-squares.ts'
import { addMeasurement, emptyRecent, type RecentMeasurements, valueAt } from './recent.ts'

/** Plain data. */
export interface WeeklyLeastSquaresState {
  readonly recent: RecentMeasurements
  /** Running means of how far the target has come in a day, and of what half that of a week before leaves of it. */
  changes: { count: number; inDay: number; left: number } | null
  /** The target's deviation when the week first showed, by which the columns are measured; null before. */
  unit: number | null
  readonly solution: LeastSquaresState
}

export interface WeeklyLeastSquaresOptions {
  readonly name: string
  /** What it makes of the features, those of the week among them. */
  readonly design: (layout: FeatureLayout) => DesignRow
  /** Burn-in, in examples. Default: as many as there are columns. */
  readonly minExamples?: number | undefined
}

const WEEK = 7 * DAY
const WAVES = [WEEK, WEEK / 2, WEEK / 3, WEEK / 4]
/** The finest pace at which the past is kept. */
const FINEST = 10 * MINUTE
/** Hours over which today is compared with the same day last week. */
const TODAY = 24
const COLUMNS = [
  ...Array.from({ length: LEADS }, (_, lead) => `a week before +${lead + 1} h`),
  ...['now, from a week before', 'today, from a week before'],
  ...WAVES.flatMap((_, index) => [`sin ${index + 1} x week`, `cos ${index + 1} x week`]),
]

/** Issues that are to tell whether there is a week, and the most that it is to leave of how the target changes in a day. */
const LEAST_ISSUES = 7 * 24
const SHOWS_BELOW = 0.95
const RATE = 1 / (28 * 24)

/**
 * Least squares with columns of the week: how the target went on a week before, how far now and today are from then, and
 * where in the week it is. It begins once half the change from one day to the next of a week before takes a twentieth off
 * what changes now (changes that have nothing to do with each other add an eighth), and is unavailable until it has learnt
 * enough from then on: of weather it costs nothing.
 */
export function weeklyLeastSquares(
  station: Station,
  { name, design: designOf, minExamples }: WeeklyLeastSquaresOptions,
): Forecaster<WeeklyLeastSquaresState> {
  const target = targetIndex(station)
  const rule = featureRule(station)
  const { layout, join } = moreColumns(featureLayout(station), COLUMNS)
  const design = designOf(layout)
  const enough = minExamples ?? design.columns
  // With the first example that there is of a week: most stations have none.
  const layoutAt = Number.POSITIVE_INFINITY
  const inner = leastSquares(station, { name, design, robust: true, minExamples: 0, layoutAt })
  /** Scratch, overwritten at every use. */
  const ofWeek = new Float64Array(COLUMNS.length)

  const writeWeek = ({ recent }: WeeklyLeastSquaresState, at: Instant, current: number, unit: number) => {
    const was = valueAt(recent, at - WEEK, rule) ?? current
    for (let lead = 0; lead < LEADS; lead++) {
      const then = valueAt(recent, at - WEEK + (lead + 1) * HOUR, rule) ?? was
      ofWeek[lead] = (then - was) / unit
    }
    let [sum, known] = [0, 0]
    for (let hour = 0; hour < TODAY; hour++) {
      const time = at - hour * HOUR
      const value = hour === 0 ? current : valueAt(recent, time, rule)
      const before = valueAt(recent, time - WEEK, rule)
      if (value === undefined || before === undefined) continue
      sum += value - before
      known++
    }
    ofWeek[LEADS] = (current - was) / unit
    ofWeek[LEADS + 1] = known > 0 ? sum / known / unit : 0
    writeWaves(at + station.time.utcOffsetMinutes * MINUTE, WAVES, { into: ofWeek, offset: LEADS + 2 })
    return ofWeek
  }
  /** Whether a week shows, from which issue on it does so for good. */
  const takeInWeek = (state: WeeklyLeastSquaresState, at: Instant, current: number): void => {
    const [yesterday, weekBefore, dayBeforeThat] = [DAY, WEEK, WEEK + DAY].map((back) =>
      valueAt(state.recent, at - back, rule),
    )
    if (yesterday === undefined || weekBefore === undefined || dayBeforeThat === undefined) return
    state.changes ??= { count: 0, inDay: 0, left: 0 }
    const { changes } = state
    const rate = Math.max(RATE, 1 / ++changes.count)
    const change = current - yesterday
    changes.inDay += rate * (Math.abs(change) - changes.inDay)
    changes.left += rate * (Math.abs(change - (weekBefore - dayBeforeThat) / 2) - changes.left)
    if (changes.count < LEAST_ISSUES || changes.left >= SHOWS_BELOW * changes.inDay) return
    const { count, squares } = state.solution.range.spread
    if (squares > 0) state.unit = Math.sqrt(squares / count)
  }

  return {
    name,
    initial: () => ({
      // As far as an example reaches back, a day after its issue.
      recent: emptyRecent({
        reach: WEEK + DAY + (LEADS + 6) * HOUR + rule.line,
        grain: Math.max(station.cadence / 4, FINEST),
      }),
      changes: null,
      unit: null,
      solution: inner.initial(),
    }),
    observe(state, reading) {
      const value = reading.values[target]!
      if (reading.bridged || !Number.isFinite(value)) return
      addMeasurement(state.recent, reading.eventTime, value)
      inner.observe(state.solution, reading)
    },
    learn(state, example) {
      const { issuedAt, current, features } = example
      if (state.unit === null) takeInWeek(state, issuedAt, current)
      if (state.unit === null) return undefined
      const columns = join(features, writeWeek(state, issuedAt, current, state.unit))
      return inner.learn?.(state.solution, { ...example, features: columns })
    },
    predict(state, issue) {
      const { issuedAt, current, features } = issue
      if (state.unit === null || state.solution.learnt < enough || !features) return undefined
      if (!Number.isFinite(current)) return undefined
      const columns = join(features, writeWeek(state, issuedAt, current, state.unit))
      return inner.predict(state.solution, { ...issue, features: columns })
    },
  }
}
