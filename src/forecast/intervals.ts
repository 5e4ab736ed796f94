import { LEADS, QUANTILE_LEVELS, type Settlement, validTime } from '../domain/forecast.ts'
import { DAY, HOUR, type Instant } from '../domain/instant.ts'
import type { Reading } from '../domain/reading.ts'
import { type Station, targetChannel, targetIndex, withinLimits } from '../domain/station.ts'
import {
  type Conformal,
  emptyConformal,
  forget,
  halfWidths,
  learnError,
  MISCOVERAGE,
  usualError,
} from './conformal.ts'
import {
  bestScale,
  type ErrorScales,
  emptyScales,
  learnScores,
  nestedScore,
  openScales,
  SCALES,
  type SetName,
  type SetScores,
  scaleNames,
  scaleOf,
} from './error-scales.ts'
import { type ErrorSize, emptyErrorSize, expectedSize, learnSize, signsOf } from './error-size.ts'
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
  /** From the first settlement on. Scales of roots and logarithms are of channels whose limits leave nothing below zero. */
  onScales?: ErrorScales
  /** From the first settlement of which signs were kept. */
  size?: ErrorSize
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
  /** What the size of an issue's errors may depend on, as `signsOf` has it. */
  signs(
    state: IntervalState,
    issue: {
      readonly models: ReadonlyMap<string, Float64Array>
      readonly mean: Float64Array
      /** The newest measurement. */
      readonly current: number
    },
  ): Float64Array
  /** Shapes: mean [lead 24] -> [lead 24][level 7], levels as QUANTILE_LEVELS, finite and ordered within a lead. */
  quantiles(
    state: IntervalState,
    issuedAt: Instant,
    { mean, signs }: { readonly mean: Float64Array; readonly signs?: Float64Array },
  ): Float64Array[]
}

/**
 * Adaptive conformal intervals at 50, 80 and 90 %, each lead for itself, nested round the mean: the mixture's weights
 * are chosen by the absolute error, so that its mean is a median already (quantiles tracked one by one, which could
 * shift it, cost 1.6 % of CRPS at Jena). Until five days of errors have matured at a lead the interval is a normal one
 * that is meant to be wide: half a daily swing apart two values differ with up to twice the target's deviation, and a
 * random walk gets there as sqrt(lead / 12 h). Over persistence, started anew all through 2009-2016 at Jena, its 90 %
 * held 84 to 99 % of the truths from the second day on, and more on the first.
 *
 * A further set is in proportion to the size of error that is to be expected (`error-size.ts`), and where the channel's
 * limits leave nothing below zero two come from errors of roots and of logarithms; each lead is published with the set that
 * scored best of late. No quantile leaves the limits.
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
  const names: readonly SetName[] = isNeverNegative ? [...SCALES, 'sized'] : ['sized']
  const expected = ({ size }: IntervalState, { signs, leadIndex }: Place): number =>
    size && signs ? expectedSize(size, signs, leadIndex) : 1
  const scaled = (state: IntervalState, name: SetName, at: Place) => {
    const lead = state.onScales?.scales[name]?.leads[at.leadIndex]
    if (!lead) return undefined
    if (name === 'sized') return around(halfWidths(lead, at.validHour, expected(state, at)), at.centre)
    const { to, from } = scaleOf(name, { min: limits.min, level: state.spread.mean })
    return around(halfWidths(lead, at.validHour), to(at.centre))?.map(from)
  }
  /** Only one of the sets was published: all are judged by what they would say now. */
  const learnScales = (state: IntervalState, at: Place, truth: number): void => {
    state.onScales ??= emptyScales(names)
    openScales(state.onScales, names)
    const asTheyAre = plain(state, at)
    if (!asTheyAre) return
    const scores: SetScores = { plain: nestedScore(clipped(asTheyAre), truth) }
    for (const name of scaleNames(state.onScales)) {
      const quantiles = scaled(state, name, at)
      if (!quantiles) return
      scores[name] = nestedScore(clipped(quantiles), truth)
    }
    learnScores(state.onScales, at.leadIndex, scores)
  }
  /** Each on its own scale, or as a multiple of what was expected; and then what is to be expected. */
  const learnSets = (
    state: IntervalState,
    at: Place,
    { truth, learnt }: { readonly truth: number; readonly learnt: Learnt },
  ): void => {
    const off = truth - at.centre
    for (const name of state.onScales ? scaleNames(state.onScales) : []) {
      const lead = state.onScales!.scales[name]!.leads[at.leadIndex]!
      if (name === 'sized') {
        const ofHour = usualError(lead, at.validHour)
        learnError(lead, off, { ...learnt, expected: expected(state, at) })
        if (!at.signs) continue
        state.size ??= emptyErrorSize()
        learnSize(state.size, at.leadIndex, { error: off, ofHour, signs: at.signs })
      } else {
        const { to } = scaleOf(name, { min: limits.min, level: state.spread.mean })
        learnError(lead, to(truth) - to(at.centre), learnt)
      }
    }
  }
  /** In place. */
  const clipped = (quantiles: Float64Array): Float64Array => {
    for (let level = 0; level < quantiles.length; level++)
      quantiles[level] = withinLimits(channel, quantiles[level]!)
    return quantiles
  }

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
    learn(state, { models, truth, issuedAt, validAt, leadIndex, quantiles, taken }) {
      const centre = models.get(published)?.[leadIndex]
      if (centre === undefined) return state
      const validHour = Math.floor(validAt / HOUR)
      // One an hour, as scores are kept.
      if (validHour <= state.leads[leadIndex]!.hour) return state
      const at = { leadIndex, centre, validHour, signs: taken?.signs }
      const stepSize = leadIndex < SHORT_LEADS ? SHORT_STEP : LONG_STEP
      // Of what was published, on whatever scale: that is what the coverage is promised of.
      const learnt = { issuedAt, validAt, stepSize, uncovered: uncoveredBy(quantiles, truth) }
      learnScales(state, at, truth)
      learnError(state.leads[leadIndex]!, truth - centre, learnt)
      learnSets(state, at, { truth, learnt })
      return state
    },
    signs: ({ size, spread }, issue) =>
      signsOf(size ?? NOTHING_LEARNT, {
        ...issue,
        lowest: isNeverNegative ? limits.min : undefined,
        level: spread.mean,
      }),
    quantiles(state, issuedAt, { mean, signs }) {
      return state.leads.map((_, leadIndex) => {
        const centre = mean[leadIndex]!
        const validHour = Math.floor(validTime(issuedAt, leadIndex) / HOUR)
        const at = { leadIndex, centre, validHour, signs }
        const scale = state.onScales && bestScale(state.onScales, leadIndex)
        const tried = scale ? scaled(state, scale, at) : plain(state, at)
        return clipped(tried ?? untried(state.spread, centre, leadIndex))
      })
    },
  }
}

function conformals({ leads, onScales }: IntervalState): readonly Conformal[] {
  return onScales ? [leads, ...Object.values(onScales.scales).map((set) => set.leads)].flat() : leads
}

/** A state with each of its leads changed, on every scale. */
export function mapConformals(
  { leads, onScales, ...state }: IntervalState,
  change: (lead: Conformal) => Conformal,
): IntervalState {
  const changed = ({ scales }: ErrorScales): ErrorScales['scales'] =>
    Object.fromEntries(
      Object.entries(scales).map(([name, set]) => [name, { ...set, leads: set.leads.map(change) }]),
    )
  return {
    ...state,
    leads: leads.map(change),
    ...(onScales && { onScales: { ...onScales, scales: changed(onScales) } }),
  }
}

interface Place {
  readonly leadIndex: number
  readonly centre: number
  /** Counted from 1970. */
  readonly validHour: number
  /** Of the issue; undefined where none were kept. */
  readonly signs?: Float64Array | undefined
}

type Learnt = Omit<Parameters<typeof learnError>[2], 'expected'>

const NOTHING_LEARNT = emptyErrorSize()

/** Which of the intervals, the widest first, leave a truth out. */
function uncoveredBy(quantiles: Float64Array, truth: number): readonly boolean[] {
  return MISCOVERAGE.map(
    (_, outer) => truth < quantiles[outer]! || truth > quantiles[quantiles.length - 1 - outer]!,
  )
}

/** The quantiles of nested intervals, the widest first, round their median. Shape [level 7]. */
function around(widths: readonly number[] | undefined, centre: number): Float64Array | undefined {
  if (!widths) return undefined
  const levels = new Float64Array(QUANTILE_LEVELS.length).fill(centre)
  for (let outer = 0; outer < widths.length; outer++) {
    levels[outer]! -= widths[outer]!
    levels[2 * MEDIAN - outer]! += widths[outer]!
  }
  return levels
}
