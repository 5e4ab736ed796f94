import { LEADS, QUANTILE_LEVELS, type Settlement, validTime } from '../domain/forecast.ts'
import { DAY, HOUR, type Instant } from '../domain/instant.ts'
import type { Reading } from '../domain/reading.ts'
import { type Station, targetChannel, targetIndex } from '../domain/station.ts'
import { type Conformal, emptyConformal, forget, halfWidths, learnError } from './conformal.ts'
import { emptySpread, type Spread, spreadDeviation, widenSpread } from './spread.ts'

/** Quantiles of the standard normal distribution at QUANTILE_LEVELS. */
const NORMAL = [-1.6449, -1.2816, -0.6745, 0, 0.6745, 1.2816, 1.6449] as const
const MEDIAN = 3
/** How far one truth moves the target miscoverage: the long leads' errors come in runs, and are trusted less. */
const SHORT_STEP = 0.005
const LONG_STEP = 0.002
const SHORT_LEADS = 6

export interface IntervalState {
  /** Shape [lead 24]. */
  readonly leads: readonly Conformal[]
  readonly spread: Spread
  /** Of the newest reading, counted from 1970: what is too old by now was dropped when it began. */
  hour: number
}

/** Puts quantiles round the published mean from how far it has been off. */
export interface Intervals {
  initial(): IntervalState
  /** Each reading once, before the forecasts issued with it. */
  observe(state: IntervalState, reading: Reading): IntervalState
  learn(state: IntervalState, settlement: Settlement): IntervalState
  /** Shapes: mean [lead 24] -> [lead 24][level 7], levels as QUANTILE_LEVELS, finite and ordered within a lead. */
  quantiles(state: IntervalState, issuedAt: Instant, mean: Float64Array): Float64Array[]
}

/**
 * Adaptive conformal intervals at 50, 80 and 90 %, each lead for itself, nested round the mean: the mixture's weights
 * are chosen by the absolute error, so that its mean is a median already (quantiles tracked one by one, which could
 * shift it, cost 1.6 % of CRPS at Jena). Until five days of errors have matured at a lead the interval is a normal one
 * that is meant to be wide: half a daily swing apart two values differ with up to twice the target's deviation, and a
 * random walk gets there as sqrt(lead / 12 h). Over persistence, started anew all through 2009-2016 at Jena, its 90 %
 * held 84 to 99 % of the truths from the second day on, and more on the first.
 */
export function conformalIntervals(station: Station, published: string): Intervals {
  const target = targetIndex(station)
  const { limits } = targetChannel(station)

  return {
    initial: () => ({
      leads: Array.from({ length: LEADS }, emptyConformal),
      spread: emptySpread(),
      hour: Number.MIN_SAFE_INTEGER,
    }),
    observe(state, { eventTime, values, bridged }) {
      const hour = Math.floor(eventTime / HOUR)
      if (hour > state.hour) for (const lead of state.leads) forget(lead, hour)
      state.hour = Math.max(hour, state.hour)
      const value = values[target]!
      if (!bridged && Number.isFinite(value)) widenSpread(state.spread, eventTime, value)
      return state
    },
    learn(state, { models, truth, issuedAt, validAt, leadIndex, quantiles }) {
      const mean = models.get(published)?.[leadIndex]
      if (mean === undefined) return state
      learnError(state.leads[leadIndex]!, truth - mean, {
        issuedAt,
        validAt,
        uncovered: [0, 1, 2].map((outer) => truth < quantiles[outer]! || truth > quantiles.at(-1 - outer)!),
        stepSize: leadIndex < SHORT_LEADS ? SHORT_STEP : LONG_STEP,
      })
      return state
    },
    quantiles(state, issuedAt, mean) {
      const halfDayApart = 2 * spreadDeviation(state.spread, { limits, settledAfter: DAY })
      return state.leads.map((lead, index) => {
        const centre = mean[index]!
        const widths = halfWidths(lead, Math.floor(validTime(issuedAt, index) / HOUR))
        if (widths) return around(centre, widths)
        const deviation = halfDayApart * Math.sqrt(Math.min(1, (index + 1) / 12))
        return Float64Array.from(NORMAL, (normal) => centre + deviation * normal)
      })
    },
  }
}

/** The quantiles of nested intervals, the widest first, round their median. Shape [level 7]. */
function around(centre: number, widths: readonly number[]): Float64Array {
  const levels = new Float64Array(QUANTILE_LEVELS.length).fill(centre)
  widths.forEach((width, outer) => {
    levels[outer]! -= width
    levels[2 * MEDIAN - outer]! += width
  })
  return levels
}
