import { DAY, HOUR, type Instant, MINUTE, type Span } from '../../domain/instant.ts'
import { featureRule } from '../../domain/measurement-rule.ts'
import type { Station } from '../../domain/station.ts'
import {
  addMeasurement,
  emptyRecent,
  meansOver,
  type RecentMeasurements,
  rangeOver,
  valueAt,
} from '../recent.ts'
import { emptySpread, type Spread, widenSpread } from '../spread.ts'
import type { Family, Quantity } from './quantities.ts'

/** A running mean that forgets to 1/e in this time is as old on average as a plain one over 30 days. */
const SLOW: Span = 15 * DAY
/** No reading stands for more than this of the slow mean. */
const LONGEST_STEP: Span = 3 * HOUR
/** After so long a quantity whose scale is not known gets the one it shows, for good: columns must keep their meaning. */
const SCALE_SEEN: Span = 2 * DAY
/** Two days show about two thirds of the deviation of a month, which is to become 4.5. */
const DEVIATION = 3
/** No column goes further: a first storm after a week of calm is as good as any. */
const FURTHEST = 12

interface Scale {
  readonly centre: number
  readonly unit: number
}

/** Plain data. */
export interface QuantityState {
  readonly recent: RecentMeasurements
  /** A mean that forgets, as a weighted sum and its weight; `at` is the time of the newest measurement. */
  readonly slow: { sum: number; weight: number; at: Instant | null }
  /** Until the scale is known. */
  readonly spread: Spread
  scale: Scale | null
}

/**
 * The measurements of one quantity as far back as its family looks, and the columns made from them: by time and not
 * by row. What was not measured is a 0: 'as now' for a change, 'as ever' for a level.
 */
export interface MeasuredQuantity {
  initial(): QuantityState
  /** Times come in rising order. */
  observe(state: QuantityState, time: Instant, values: Float64Array): void
  /** Writes the columns at `now` from `offset` on and returns where they end. */
  write(state: QuantityState, now: Instant, place: Place): number
  /** The value at a time by the rule of features; undefined where it knows none, or there is no scale yet. */
  at(state: QuantityState, time: Instant): number | undefined
  /** What the value has gone through after `from` and up to `to`. */
  range(state: QuantityState, from: Instant, to: Instant): Range | undefined
  /** A value or a mean of values in the unit that the columns are reckoned in. */
  inUnits(state: QuantityState, values: Float64Array): number | undefined
}

/** Where columns are to be written to. */
export interface Place {
  readonly into: Float64Array
  readonly offset: number
}

interface Range {
  readonly lowest: number
  readonly highest: number
}

export function measuredQuantity(
  { family, scale, of }: Quantity,
  station: Pick<Station, 'cadence' | 'hold'>,
): MeasuredQuantity {
  const { level, change, means } = family
  const hours = Math.max(0, ...(level?.lags ?? []), ...(change?.lags ?? []), ...(means?.hours ?? []))
  const spans = means?.hours.map((hours) => hours * HOUR) ?? []
  const rule = featureRule(station)

  const at = (state: QuantityState, time: Instant): number | undefined =>
    scaled(state, valueAt(state.recent, time, rule))

  return {
    initial: () => ({
      recent: emptyRecent({
        reach: Math.max(hours * HOUR, 2 * DAY) + rule.line,
        grain: Math.max(station.cadence / 4, 5 * MINUTE),
      }),
      slow: { sum: 0, weight: 0, at: null },
      spread: emptySpread(),
      scale: scale === 'known' ? { centre: 0, unit: 1 } : null,
    }),

    observe(state, time, values) {
      const value = of(values)
      if (!Number.isFinite(value)) return
      addMeasurement(state.recent, time, value)
      followSlowly(state.slow, time, value)
      if (!state.scale) measureScale(state, time, value)
    },

    write(state, now, { into, offset }) {
      const current = at(state, now)
      let place = offset
      const put = (difference: number | undefined, over: number): void => {
        const column = difference === undefined ? 0 : difference / over
        into[place++] = Math.min(FURTHEST, Math.max(-FURTHEST, column))
      }
      const difference = (value: number | undefined, other: number | undefined): number | undefined =>
        value === undefined || other === undefined || current === undefined ? undefined : value - other

      if (level) {
        const centre = level.centre === 'slow' ? slowMean(state) : level.centre
        for (const lag of level.lags) put(difference(at(state, now - lag * HOUR), centre), level.over)
      }
      if (change)
        for (const lag of change.lags) put(difference(at(state, now - lag * HOUR), current), change.over)
      if (means) {
        const centre = means.centre === 'now' ? current : means.centre
        for (const mean of meansOver(state.recent, now, spans))
          put(difference(scaled(state, mean), centre), means.over)
      }
      return place
    },

    at,

    range(state, from, to) {
      const range = rangeOver(state.recent, from, to)
      const [lowest, highest] = [scaled(state, range?.lowest), scaled(state, range?.highest)]
      return lowest === undefined || highest === undefined ? undefined : { lowest, highest }
    },

    inUnits(state, values) {
      const value = of(values)
      return Number.isFinite(value) ? scaled(state, value) : undefined
    },
  }
}

/** The mean of about 30 days. */
export function slowMean(state: QuantityState): number | undefined {
  const { sum, weight } = state.slow
  return weight > 0 ? scaled(state, sum / weight) : undefined
}

function scaled({ scale }: QuantityState, value: number | undefined): number | undefined {
  return value === undefined || !scale ? undefined : (value - scale.centre) / scale.unit
}

function followSlowly(slow: QuantityState['slow'], time: Instant, value: number): void {
  const step = Math.min(slow.at === null ? LONGEST_STEP : time - slow.at, LONGEST_STEP)
  const kept = Math.exp(-step / SLOW)
  slow.sum = slow.sum * kept + value * (1 - kept)
  slow.weight = slow.weight * kept + (1 - kept)
  slow.at = time
}

function measureScale(state: QuantityState, time: Instant, value: number): void {
  widenSpread(state.spread, time, value)
  const { count, mean, squares, first } = state.spread
  if (time - first < SCALE_SEEN || squares <= 0) return
  state.scale = { centre: mean, unit: Math.sqrt(squares / count) / DEVIATION }
}

export function columnsOf({ level, change, means }: Family): string[] {
  return [
    ...(level?.lags ?? []).map((lag) => `level -${lag} h`),
    ...(change?.lags ?? []).map((lag) => `change since -${lag} h`),
    ...(means?.hours ?? []).map((hours) => `mean of ${hours} h`),
  ]
}
