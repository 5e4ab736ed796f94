import { formatInstant, type Instant, type Span } from '../domain/instant.ts'
import { truthRule } from '../domain/measurement-rule.ts'
import type { Reading } from '../domain/reading.ts'
import { type Station, targetIndex } from '../domain/station.ts'
import type { Weights } from '../domain/weights.ts'
import { featureLayout } from '../forecast/features/station-features.ts'
import type { Forecaster } from '../forecast/forecaster.ts'
import { bridge } from '../ingest/bridge.ts'
import { order } from '../ingest/order.ts'
import { awaited, holdFor, type Learner } from '../learn/learner.ts'
import type { RoundTrainer } from '../learn/trainer.ts'
import { scaler, snapshotOf } from '../window/scaler.ts'
import { ensemble } from './ensemble.ts'
import type { NeighbourEvent, OutsideEvent, PipelineEvent, ReadingEvent } from './events.ts'
import { basisOf } from './forecast-basis.ts'
import { emptyHealth, endFault, type HealthState } from './health/health-state.ts'
import { targetHealth } from './health/target-health.ts'
import { emptyHistory, lookbackAt, timeOf } from './history.ts'
import { countEvent, emptyIngestStatistics } from './ingest-statistics.ts'
import {
  drawFeatures,
  drawLookbacks,
  dropForgotten,
  emptyFeatureSamples,
  emptyLookbackSamples,
  keepLesson,
  keepLookback,
} from './replay-samples.ts'
import { emptyDigest } from './score-message.ts'
import type { StationState } from './station-state.ts'
import { emptyJoin, isExample, joinTruths, openIssue } from './truth-join.ts'
import { emptyVerification, score } from './verification.ts'
import { emptyWindow, restartWindow, slideWindow, type WindowOptions, windowShape } from './window.ts'

/** An expert whose weights are trained beside the stream. */
export interface TrainedExpert {
  /** Of its forecaster. */
  readonly name: string
  readonly learnsFrom: 'lookbacks' | 'features'
  readonly learner: Learner
  readonly trainer: RoundTrainer
  /** Rounds of training before its weights are used: what has learnt little only costs the mixture its first weeks. */
  readonly minRounds: number
}

export interface StationParts {
  readonly station: Station
  /** How long a reading waits for older ones, in event time. */
  readonly lateness: Span
  /** Longer gaps restart the window; a station's own `hold` goes before it. */
  readonly maxBridge: Span
  /** A forecast at the first measurement of the target in each such span, counted from 1970. */
  readonly issueEvery: Span
  /** Undefined where no expert needs a lookback. */
  readonly window: WindowOptions | undefined
  /** In the order of tables. */
  readonly experts: readonly Forecaster[]
  /** Those of them that are trained beside the stream. */
  readonly trained: readonly TrainedExpert[]
  readonly seed: number
}

export type StationModel = ReturnType<typeof stationModel>

/**
 * The stages of a station's pipeline over the one record of its state. `flow/pipeline.ts` puts them in a row; each
 * reading passes all of them before the next one comes.
 */
export function stationModel(parts: StationParts) {
  const { station, lateness, maxBridge, issueEvery, window, experts, trained, seed } = parts
  // Of a station that measures no more often, each measurement is due: stamps that jitter about the hour come twice in one.
  const issueSpan = station.cadence < issueEvery ? issueEvery : issueEvery / 2
  const { cadence } = station
  const target = targetIndex(station)
  const rule = truthRule(station)
  const inputs = window?.inputs.count ?? 0
  const shape = window && windowShape(window)
  const ordering = order({ cadence, lateness, channels: station.channels })
  const longestBridge = station.hold ?? maxBridge
  const bridging = bridge({ cadence, maxBridge: longestBridge })
  const scaling = scaler(inputs)
  const members = ensemble(station, experts, window?.lookahead)
  const healthy = targetHealth(station)
  const onFeatures = trained.filter(({ learnsFrom }) => learnsFrom === 'features')
  const onLookbacks = trained.filter(({ learnsFrom }) => learnsFrom === 'lookbacks')

  /** What is forgotten when a session begins: all but what orders the readings and what waits. */
  const begin = (): Omit<StationState, 'position' | 'tapeRow' | 'order' | 'bridge' | 'waiting'> => ({
    health: emptyHealth(),
    history: emptyHistory(inputs),
    window: emptyWindow(inputs),
    truths: emptyJoin(),
    verification: emptyVerification(),
    scoreDigest: emptyDigest(),
    ensemble: members.initial(),
    scaler: scaling.initial(),
    lookbackSamples: emptyLookbackSamples(seed, window?.lookahead?.width),
    featureSamples: emptyFeatureSamples(seed, {
      measured: featureLayout(station).measured,
      experts: onFeatures.map(({ name }) => name),
    }),
    learners: Object.fromEntries(trained.map(({ name, learner }) => [name, learner.initial()])),
    issuedIn: undefined,
    ingestStatistics: emptyIngestStatistics(),
    forecasts: 0,
    ticks: 0,
    session: undefined,
    newest: undefined,
  })

  /** As after a gap that is too long to be bridged, no lookback reaches across. */
  const isLongMasked = ({ fault, accepted }: HealthState, { eventTime }: Reading): boolean =>
    fault !== undefined && eventTime - (accepted?.time ?? eventTime) > longestBridge

  const weightsOf = ({ learners }: StationState, name: string): Weights | undefined => {
    const weights = learners[name]?.weights
    const expert = trained.find((one) => one.name === name)
    return weights && expert && weights.version >= expert.minRounds ? weights : undefined
  }

  return {
    parts,
    ordering,
    bridging,

    initial: (): StationState => ({
      position: undefined,
      tapeRow: undefined,
      order: ordering.initial(),
      bridge: bridging.initial(),
      waiting: [],
      ...begin(),
    }),

    /** Forgets everything that stems from an earlier session; what follows the session's mark is its own. */
    beginSession(state: StationState, session: string): void {
      Object.assign(state, begin(), { session })
    },

    /**
     * As before the first reading, which comes again with more of its moment; what was refused before stays counted, and
     * what others have forecast stays known.
     */
    beginAgain(state: StationState): void {
      const { session, ensemble, ingestStatistics } = state
      Object.assign(state, begin(), { session })
      if (ensemble.outside) state.ensemble.outside = ensemble.outside
      if (ensemble.ahead) state.ensemble.ahead = ensemble.ahead
      if (ensemble.neighbours) state.ensemble.neighbours = ensemble.neighbours
      state.ingestStatistics = { ...ingestStatistics, readings: Math.max(0, ingestStatistics.readings - 1) }
    },

    /** The experts whose weights take effect at a reading and are not here yet, each with the round that it waits for. */
    awaitedAt(state: StationState, { eventTime }: Reading): readonly { expert: string; round: number }[] {
      return trained.flatMap(({ name }) => {
        const learner = state.learners[name]!
        const round = awaited(learner, eventTime)
        if (round === undefined) return []
        holdFor(learner, round)
        return [{ expert: name, round }]
      })
    },

    /** Masks what is no measurement, and writes the reading down: its row, and the lookback that it completes. */
    remember(state: StationState, { reading: came, ...rest }: ReadingEvent): ReadingEvent {
      const reading = healthy(state.health, came, state.truths)
      const event = { ...rest, reading }
      if (isLongMasked(state.health, reading)) restartWindow(state.window)
      const dropped = slideWindow(state.window, state.history, { reading, target, window })
      if (dropped && shape) dropForgotten(state.lookbackSamples, state.history, shape)
      if (!window || !shape || state.window.filled < window.lookback) return event
      const row = state.history.rows - 1
      return { ...event, row, lookback: lookbackAt(state.history, row, shape) }
    },

    /** What the target's sensor says is real, says its owner. */
    acceptSensor({ health }: StationState): void {
      if (health.said) endFault(health, health.said.time, 'accepted')
    },

    /** Takes in what somebody else has forecast; refused where all of it is of times that have gone by. */
    takeOutside({ ensemble, history }: StationState, event: OutsideEvent): PipelineEvent {
      const { forecast } = event
      const now = history.rows > history.first ? timeOf(history, history.rows - 1) : Number.NEGATIVE_INFINITY
      if (forecast.validAt.at(-1)! <= now) return lateOutside(event, now)
      members.takeOutside(ensemble, forecast)
      return event
    },

    /** Takes in what another station has measured. */
    takeNeighbour({ ensemble }: StationState, { reading }: NeighbourEvent): void {
      members.takeNeighbour(ensemble, reading)
    },

    /** After a gap that is too long to be bridged no lookback reaches across it. */
    restartWindow(state: StationState): void {
      restartWindow(state.window)
    },

    /** Joins what was forecast with what came, and scores it. */
    score(state: StationState, event: ReadingEvent): ReadingEvent {
      const joined = joinTruths(state.truths, state.history, rule)
      score(state.verification, joined.settlements)
      return { ...event, joined }
    },

    /** Puts weights into effect that are due, and opens rounds of training where they are. */
    train(state: StationState, { reading, joined }: ReadingEvent): void {
      const { eventTime } = reading
      for (const { name, learner } of onFeatures) {
        learner.observe(state.learners[name]!, {
          eventTime,
          ...state.featureSamples.lessons[name]!.count,
          scaler: () => UNSCALED,
          draw: (draw, random) =>
            drawFeatures(state.featureSamples, name, {
              draw,
              random,
              utcOffsetMinutes: station.time.utcOffsetMinutes,
            }),
        })
      }
      if (!window || !shape) return
      for (const example of joined.examples) {
        if (example.row >= 0) keepLookback(state.lookbackSamples, example)
      }
      for (const { name, learner } of onLookbacks) {
        learner.observe(state.learners[name]!, {
          eventTime,
          ...state.lookbackSamples.count,
          scaler: () => window.inputs.scaled(snapshotOf(state.scaler)),
          draw: (draw, random) =>
            drawLookbacks(state.lookbackSamples, state.history, { draw, random, window: shape, rule }),
        })
      }
      scaling.step(state.scaler, { ...reading, values: window.inputs.of(reading.values) })
    },

    /** Lets the experts learn from a reading, and issues a forecast where one is due: only ever from a measurement. */
    issue(state: StationState, event: ReadingEvent): ReadingEvent {
      const { reading, joined, lookback, row } = event
      const lessons = members.observe(state.ensemble, { reading, ...joined })
      for (const lesson of lessons) keepLesson(state.featureSamples, lesson)
      const current = reading.values[target]!
      const issuedAt = reading.eventTime
      const span = Math.floor(issuedAt / issueSpan)
      if (span === state.issuedIn || reading.bridged || Number.isNaN(current)) return event
      state.issuedIn = span
      const features = members.features(state.ensemble, issuedAt, current)
      const outside = members.outside(state.ensemble, issuedAt, current)
      const neighbours = members.neighbours(state.ensemble, issuedAt)
      const ahead = members.ahead(state.ensemble, issuedAt)
      const lookahead = members.lookahead(state.ensemble, { issuedAt, current, ahead })
      const [first] = onLookbacks
      const forecast = members.forecast(state.ensemble, features, {
        issuedAt,
        current,
        lookback,
        weightsOf: (name) => weightsOf(state, name),
        weightsVersion: (first && state.learners[first.name]?.weights?.version) ?? 0,
        ...{ outside, ahead, neighbours, lookahead },
      })
      const example = isExample(state.truths, issuedAt)
        ? {
            ...{ current, features, row },
            ...(outside && { outside }),
            ...(ahead && { ahead }),
            ...(neighbours && { neighbours }),
            ...(lookahead && { lookahead }),
          }
        : undefined
      openIssue(state.truths, { issuedAt, forecast, example })
      return forecast
        ? { ...event, forecast: { ...forecast, basis: basisOf(state, reading, current) } }
        : event
    },

    /** Counts what has become of the session's ticks. */
    count(state: StationState, event: PipelineEvent): void {
      countEvent(state.ingestStatistics, event)
      if (event.kind === 'done') state.ticks++
      if (event.kind !== 'reading') return
      const { eventTime, replay } = event.reading
      state.newest = { eventTime, replay }
      if (event.forecast) state.forecasts++
    },
  }
}

function lateOutside({ forecast, tick, ingestTime, replay }: OutsideEvent, now: Instant): PipelineEvent {
  const rule = `of some time after ${formatInstant(now)}, that of the newest reading: the past is not forecast`
  const value = formatInstant(forecast.validAt.at(-1)!)
  const rejection = { field: 'outside.leads', value, rule, reason: 'late' } as const
  return {
    kind: 'rejected',
    tick,
    eventTime: formatInstant(forecast.issuedAt),
    ingestTime,
    rejection,
    replay,
  }
}

/** Features have scales of their own. */
const UNSCALED = { count: 0, mean: new Float64Array(0), deviation: new Float64Array(0) }
