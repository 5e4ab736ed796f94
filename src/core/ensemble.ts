import type { Forecast, Settlement } from '../domain/forecast.ts'
import type { Instant } from '../domain/instant.ts'
import type { Lookback } from '../domain/lookback.ts'
import { type NeighbourReading, type NeighboursNow, neighbourNames, placesOf } from '../domain/neighbour.ts'
import type { OutsideForecast } from '../domain/outside.ts'
import type { Reading } from '../domain/reading.ts'
import { type Station, targetChannel, targetIndex, withinLimits } from '../domain/station.ts'
import type { Weights } from '../domain/weights.ts'
import { type AheadState, aheadNow, passHour, takeInQuantity } from '../forecast/ahead/ahead-book.ts'
import type { AheadNow } from '../forecast/ahead/ahead-columns.ts'
import { calendarColumns } from '../forecast/ahead/calendar-columns.ts'
import type { LeadViewState } from '../forecast/ahead/lead-view.ts'
import type { Lookahead } from '../forecast/ahead/lookahead.ts'
import { type FeaturesState, stationFeatures } from '../forecast/features/station-features.ts'
import type { Forecaster, Taught } from '../forecast/forecaster.ts'
import { emptyGuarded, type GuardedState, learnGuarded, mixGuarded } from '../forecast/guarded-mixture.ts'
import { conformalIntervals, type IntervalState } from '../forecast/intervals.ts'
import { emptyMixture, MIXTURE, type MixtureState } from '../forecast/mixture.ts'
import { type NeighbourhoodState, neighbourhood } from '../forecast/neighbours/neighbourhood.ts'
import { learnBoth, mixBoth } from '../forecast/neighbours/neighbours-mixture.ts'
import {
  emptyBook,
  type OutsideNow,
  type OutsideState,
  observeTruth,
  outsideNow,
  takeIn,
} from '../forecast/outside/outside-book.ts'
import { holidayCalendar } from '../ingest/holidays.ts'
import type { JoinedExample } from './truth-join.ts'

/** All that the experts of a station know, the mixture over them and the intervals round it. Plain data. */
export interface EnsembleState {
  readonly features: FeaturesState
  /** By expert. */
  readonly experts: Record<string, unknown>
  readonly mixture: MixtureState
  /** Absent in states from before there was one. */
  guarded?: GuardedState
  intervals: IntervalState
  /** Of forecasts from outside; absent until the first has come. */
  outside?: OutsideState
  /** Absent of a station that has none. */
  neighbours?: NeighbourhoodState
  /** Of quantities other than the target; absent until something of one has come. */
  ahead?: AheadState
  /** Of recurrent networks of a station that names quantities. */
  lookahead?: LeadViewState
}

/** What networks trained beside the stream are to be taught of an example. */
export interface Lesson {
  readonly example: JoinedExample
  /** By expert. */
  readonly taught: ReadonlyMap<string, Taught>
}

export interface IssueInput {
  readonly issuedAt: Instant
  readonly current: number
  readonly lookback: Lookback | undefined
  /** In effect, of an expert that is trained beside the stream. */
  readonly weightsOf: (expert: string) => Weights | undefined
  readonly weightsVersion: number
  /** As `outside` gives it. */
  readonly outside: OutsideNow | undefined
  /** As `neighbours` gives it. */
  readonly neighbours: NeighboursNow | undefined
  /** As `ahead` gives it. */
  readonly ahead: AheadNow | undefined
  /** As `lookahead` gives it. */
  readonly lookahead: Float32Array | undefined
}

/** The experts of a station, the mixture over them and the intervals round it: what a forecast is made by. */
export interface Ensemble {
  initial(): EnsembleState
  /** Learns from settlements first: what was forecast before is scored before anything new is learnt. */
  observe(
    state: EnsembleState,
    input: {
      readonly reading: Reading
      readonly settlements: readonly Settlement[]
      readonly examples: readonly JoinedExample[]
    },
  ): readonly Lesson[]
  /** Takes in what somebody else has forecast. */
  takeOutside(state: EnsembleState, forecast: OutsideForecast): void
  /** What others say of the hours to come, as known now; undefined where nobody says anything. */
  outside(state: EnsembleState, issuedAt: Instant, current: number): OutsideNow | undefined
  /** Takes in what another station has measured. */
  takeNeighbour(state: EnsembleState, reading: NeighbourReading): void
  /** What neighbours have measured, as known now; undefined where all are silent. */
  neighbours(state: EnsembleState, issuedAt: Instant): NeighboursNow | undefined
  /** What is said of other quantities than the target, as known now; undefined where nothing is. */
  ahead(state: EnsembleState, issuedAt: Instant): AheadNow | undefined
  /** What recurrent networks know of the hours ahead; undefined where they know nothing. */
  lookahead(
    state: EnsembleState,
    issue: { readonly issuedAt: Instant; readonly current: number; readonly ahead: AheadNow | undefined },
  ): Float32Array | undefined
  /** The columns of `featureLayout` as known now; empty where no expert learns from them. */
  features(state: EnsembleState, issuedAt: Instant, current: number): Float64Array
  /** Undefined while no expert has a forecast. */
  forecast(state: EnsembleState, features: Float64Array, input: IssueInput): Forecast | undefined
}

const NO_FEATURES = new Float64Array(0)

export function ensemble(station: Station, experts: readonly Forecaster[], lookahead?: Lookahead): Ensemble {
  const intervals = conformalIntervals(station, MIXTURE)
  const features = stationFeatures(station)
  const channel = targetChannel(station)
  const target = targetIndex(station)
  const ofNeighbours = new Set(placesOf(station.neighbours ?? []).flatMap(neighbourNames))
  const around = experts.some(({ name }) => ofNeighbours.has(name)) ? neighbourhood(station) : undefined
  /** In a state of before there was any there is none. */
  const known = (state: EnsembleState): NeighbourhoodState | undefined => {
    if (around) state.neighbours ??= around.initial()
    return around && state.neighbours
  }
  const calendar = holidayCalendar(station)
  const learns = experts.some(({ learn }) => learn !== undefined)
  const published = (mean: Float64Array): Float64Array => {
    const said = new Float64Array(mean.length).fill(Number.NaN)
    for (let lead = 0; lead < mean.length; lead++)
      if (Number.isFinite(mean[lead]!)) said[lead] = withinLimits(channel, mean[lead]!)
    return said
  }

  return {
    initial: () => ({
      features: features.initial(),
      experts: Object.fromEntries(experts.map((expert) => [expert.name, expert.initial()])),
      mixture: emptyMixture(),
      guarded: emptyGuarded(),
      intervals: intervals.initial(),
    }),
    observe(state, { reading, settlements, examples }) {
      const hood = known(state)
      for (const settlement of settlements) {
        const learnOwn = (own: Settlement): void => learnGuarded(state.mixture, guardedOf(state), own)
        if (hood) learnBoth(hood.together, settlement, { neighbours: ofNeighbours, learnOwn })
        else learnOwn(settlement)
        state.intervals = intervals.learn(state.intervals, settlement)
      }
      state.intervals = intervals.observe(state.intervals, reading)
      if (state.outside) observeTruth(state.outside, reading, target)
      if (hood) around?.observe(hood, reading, settlements)
      if (state.ahead) passHour(state.ahead, reading.eventTime)
      if (learns) features.observe(state.features, reading)
      if (lookahead) {
        state.lookahead ??= lookahead.initial()
        lookahead.observe(state.lookahead, reading)
        for (const example of examples) lookahead.learn(state.lookahead, example)
      }
      const lessons = examples.map((example) => ({ example, taught: new Map<string, Taught>() }))
      for (const expert of experts) {
        const known = state.experts[expert.name]
        expert.observe(known, reading)
        for (const { example, taught } of lessons) {
          const lesson = expert.learn?.(known, example)
          if (lesson) taught.set(expert.name, lesson)
        }
      }
      return lessons
    },
    takeOutside(state, forecast) {
      if (forecast.quantity !== undefined) {
        state.ahead ??= {}
        takeInQuantity(state.ahead, forecast, forecast.quantity)
        return
      }
      state.outside ??= emptyBook()
      takeIn(state.outside, forecast)
    },
    outside: (state, issuedAt, current) => state.outside && outsideNow(state.outside, issuedAt, current),
    takeNeighbour(state, reading) {
      const hood = known(state)
      if (hood) around?.take(hood, reading)
    },
    neighbours(state, issuedAt) {
      const hood = known(state)
      return hood && around?.now(hood, issuedAt)
    },
    ahead(state, issuedAt) {
      const said = state.ahead && aheadNow(state.ahead, issuedAt)
      return calendar ? { ...said, ...calendarColumns(calendar, issuedAt) } : said
    },
    lookahead(state, { issuedAt, current, ahead }) {
      if (!lookahead) return undefined
      state.lookahead ??= lookahead.initial()
      return lookahead.at(state.lookahead, { issuedAt, current, ...(ahead && { ahead }) })
    },
    features: (state, issuedAt, current) =>
      learns ? features.at(state.features, issuedAt, current) : NO_FEATURES,
    forecast(state, columns, input) {
      const {
        issuedAt,
        current,
        lookback,
        weightsOf,
        weightsVersion,
        outside,
        ahead,
        neighbours,
        lookahead,
      } = input
      const models = new Map<string, Float64Array>()
      for (const expert of experts) {
        const { name } = expert
        const weights = weightsOf(name)
        const mean = expert.predict(state.experts[name], {
          issuedAt,
          current,
          lookback,
          ...(learns && { features: columns }),
          ...(weights && { weights }),
          ...(outside && { outside }),
          ...(neighbours && { neighbours }),
          ...(ahead && { ahead }),
          ...(lookahead && { lookahead }),
        })
        // One model that diverges must not take the published forecast with it.
        const isSound = expert.sleeps ? mean?.some(Number.isFinite) : mean?.every(Number.isFinite)
        if (mean && isSound) models.set(name, published(mean))
      }
      const hood = known(state)
      const mixOwn = (own: ReadonlyMap<string, Float64Array>) =>
        mixGuarded(state.mixture, guardedOf(state), own, issuedAt)
      const mixed = hood
        ? mixBoth(hood.together, models, { issuedAt, neighbours: ofNeighbours, mixOwn })
        : mixOwn(models)
      if (!mixed) return undefined
      const { mean, weights } = mixed
      const signs = intervals.signs(state.intervals, { models, mean, current })
      const quantiles = intervals.quantiles(state.intervals, issuedAt, { mean, signs })
      models.set(MIXTURE, mean)
      const taken = { ...mixed.taken, signs }
      return { issuedAt, model: MIXTURE, mean, quantiles, models, weights, taken, weightsVersion }
    },
  }
}

function guardedOf(state: EnsembleState): GuardedState {
  state.guarded ??= emptyGuarded()
  return state.guarded
}
