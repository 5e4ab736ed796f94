import { LEADS, QUANTILE_LEVELS, type Settlement, validTime } from '../domain/forecast.ts'
import { DAY, HOUR, type Instant } from '../domain/instant.ts'
import type { Reading } from '../domain/reading.ts'
import { type Station, targetChannel, targetIndex, withinLimits } from '../domain/station.ts'
import { type Conformal, emptyConformal, forget, halfWidths, learnError, MISCOVERAGE } from './conformal.ts'
import {
  bestScale,
  type ErrorScales,
  emptyScales,
  learnScores,
  nestedScore,
  SCALES,
  type ScaleName,
  scaleOf,
} from './error-scales.ts'
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
  /** Of a channel whose limits leave nothing below zero, from its first settlement on. */
  onScales?: ErrorScales
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
 *
 * Where the channel's limits leave nothing below zero further sets come from errors of roots and of logarithms, and each
 * lead is published with the set that scored best of late. No quantile leaves the limits.
 */
export function conformalIntervals(station: Station, published: string): Intervals {
  const target = targetIndex(station)
  const channel = targetChannel(station)
  const { limits } = channel
  const isNeverNegative = limits.min >= 0

  const untried = (spread: Spread, centre: number, leadIndex: number): Float64Array => {
    const halfDayApart = 2 * spreadDeviation(spread, { limits, settledAfter: DAY })
    const deviation = halfDayApart * Math.sqrt(Math.min(1, (leadIndex + 1) / 12))
    return Float64Array.from(NORMAL, (normal) => centre + deviation * normal)
  }
  const plain = (state: IntervalState, at: Place): Float64Array | undefined =>
    around(halfWidths(state.leads[at.leadIndex]!, at.validHour), at.centre)
  const scaled = ({ onScales, spread }: IntervalState, name: ScaleName, at: Place) => {
    const widths = onScales && halfWidths(onScales.scales[name].leads[at.leadIndex]!, at.validHour)
    const { to, from } = scaleOf(name, { min: limits.min, level: spread.mean })
    return around(widths, to(at.centre))?.map(from)
  }
  /** Only one of the sets was published: all are judged by what they would say now. */
  const learnScales = (state: IntervalState, { truth, ...at }: Place & { readonly truth: number }): void => {
    state.onScales ??= emptyScales()
    const asIs = plain(state, at)
    const [root, logarithm] = [scaled(state, 'root', at), scaled(state, 'logarithm', at)]
    if (!asIs || !root || !logarithm) return
    const score = (quantiles: Float64Array) => nestedScore(clipped(quantiles), truth)
    const scores = { plain: score(asIs), root: score(root), logarithm: score(logarithm) }
    learnScores(state.onScales, at.leadIndex, scores)
  }
  const clipped = (quantiles: Float64Array): Float64Array =>
    quantiles.map((value) => withinLimits(channel, value))

  return {
    initial: () => ({
      leads: Array.from({ length: LEADS }, emptyConformal),
      spread: emptySpread(),
      hour: Number.MIN_SAFE_INTEGER,
    }),
    observe(state, { eventTime, values, bridged }) {
      const hour = Math.floor(eventTime / HOUR)
      if (hour > state.hour) for (const lead of conformals(state)) forget(lead, hour)
      state.hour = Math.max(hour, state.hour)
      const value = values[target]!
      if (!bridged && Number.isFinite(value)) widenSpread(state.spread, eventTime, value)
      return state
    },
    learn(state, { models, truth, issuedAt, validAt, leadIndex, quantiles }) {
      const mean = models.get(published)?.[leadIndex]
      if (mean === undefined) return state
      const learnt = {
        ...{ issuedAt, validAt, stepSize: leadIndex < SHORT_LEADS ? SHORT_STEP : LONG_STEP },
        // Of what was published, on whatever scale: that is what the coverage is promised of.
        uncovered: MISCOVERAGE.map(
          (_, outer) => truth < quantiles[outer]! || truth > quantiles.at(-1 - outer)!,
        ),
      }
      if (isNeverNegative)
        learnScales(state, { leadIndex, centre: mean, validHour: Math.floor(validAt / HOUR), truth })
      learnError(state.leads[leadIndex]!, truth - mean, learnt)
      for (const name of state.onScales ? SCALES : []) {
        const { to } = scaleOf(name, { min: limits.min, level: state.spread.mean })
        learnError(state.onScales!.scales[name].leads[leadIndex]!, to(truth) - to(mean), learnt)
      }
      return state
    },
    quantiles(state, issuedAt, mean) {
      return state.leads.map((_, leadIndex) => {
        const centre = mean[leadIndex]!
        const at = { leadIndex, centre, validHour: Math.floor(validTime(issuedAt, leadIndex) / HOUR) }
        const scale = state.onScales && bestScale(state.onScales, leadIndex)
        const tried = scale ? scaled(state, scale, at) : plain(state, at)
        return clipped(tried ?? untried(state.spread, centre, leadIndex))
      })
    },
  }
}

function conformals({ leads, onScales }: IntervalState): readonly Conformal[] {
  return onScales ? [leads, ...SCALES.map((name) => onScales.scales[name].leads)].flat() : leads
}

/** A state with each of its leads changed, on every scale. */
export function mapConformals(
  { leads, onScales, ...state }: IntervalState,
  change: (lead: Conformal) => Conformal,
): IntervalState {
  const changed = (name: ScaleName, { scales }: ErrorScales) => ({
    ...scales[name],
    leads: scales[name].leads.map(change),
  })
  return {
    ...state,
    leads: leads.map(change),
    ...(onScales && {
      onScales: {
        ...onScales,
        scales: { root: changed('root', onScales), logarithm: changed('logarithm', onScales) },
      },
    }),
  }
}

interface Place {
  readonly leadIndex: number
  readonly centre: number
  /** Counted from 1970. */
  readonly validHour: number
}

/** The quantiles of nested intervals, the widest first, round their median. Shape [level 7]. */
function around(widths: readonly number[] | undefined, centre: number): Float64Array | undefined {
  if (!widths) return undefined
  const levels = new Float64Array(QUANTILE_LEVELS.length).fill(centre)
  widths.forEach((width, outer) => {
    levels[outer]! -= width
    levels[2 * MEDIAN - outer]! += width
  })
  return levels
}
