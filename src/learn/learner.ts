import { errorMessage } from '../domain/errors.ts'
import type { Instant, Span } from '../domain/instant.ts'
import type { ScalerSnapshot } from '../domain/lookback.ts'
import { type Random, resumedRandom, seededRandom } from '../domain/random.ts'
import { emptyLearner, type LearnerState } from './learner-state.ts'
import { fallingLearningRate } from './learning-rate.ts'
import { dueRound, type ScheduleOptions, schedule } from './schedule.ts'
import type { Batch, TrainedRound, TrainingRound } from './trainer.ts'

export interface LearnerOptions {
  /** What is random in learning (which samples a batch is made of) comes from it. */
  readonly seed: number
  readonly schedule?: ScheduleOptions
  /** Samples in a batch, one batch a step. Default 64. */
  readonly batchSize?: number
  /** Default 2: more forget the season while there is little to learn from. */
  readonly stepsPerRound?: number | ((learntFor: Span) => number)
  /** Share of a batch from the last 60 days, 0..1; the rest is drawn from all that is kept. Default 0.25. */
  readonly recentShare?: number
  /** By the event time learnt from so far. */
  readonly learningRate?: (learntFor: Span) => number
}

/**
 * Learns beside the stream and puts weights into effect by event time: the same ones at any replay speed. A machine
 * over a state that is handed in; training a round is an effect that `nextRound` asks for, its outcome an input.
 */
export interface Learner {
  /** When it trains. */
  readonly schedule: ScheduleOptions
  initial(): LearnerState
  /**
   * Once per reading, when nothing is `awaited` at it: promotes weights that are due, and opens a round where one is.
   */
  observe(state: LearnerState, input: LearnerInput): void
}

export interface LearnerInput {
  readonly eventTime: Instant
  /** Samples matured so far, in all. */
  readonly samples: number
  /** Issue time of the first of them. */
  readonly first: Instant | undefined
  /** The scaler as known at `eventTime`; called only when a round is opened. */
  readonly scaler: () => ScalerSnapshot
  /** A batch of what is kept; undefined where nothing is. */
  readonly draw: (
    options: { readonly size: number; readonly recentShare: number },
    random: Random,
  ) => Batch | undefined
}

export function learner({
  seed,
  schedule: scheduleOptions = {},
  batchSize = 64,
  stepsPerRound = 2,
  recentShare = 0.25,
  learningRate = fallingLearningRate,
}: LearnerOptions): Learner {
  const timetable = schedule(scheduleOptions)

  const roundOf = (
    state: LearnerState,
    round: number,
    { eventTime, scaler, draw }: LearnerInput,
  ): TrainingRound => {
    const learntFor = eventTime - (state.learntSince ?? eventTime)
    const steps = typeof stepsPerRound === 'number' ? stepsPerRound : stepsPerRound(learntFor)
    const random = resumedRandom(state.random)
    const batches = Array.from({ length: steps }, () => draw({ size: batchSize, recentShare }, random))
    state.random = random.state()
    return {
      round,
      requestedAt: eventTime,
      scaler: scaler(),
      learningRate: learningRate(learntFor),
      batches: batches.filter((batch) => batch !== undefined),
    }
  }

  return {
    schedule: scheduleOptions,
    initial: () => emptyLearner(timetable.initial(), seededRandom(seed).state()),
    observe(state, input) {
      const { eventTime, samples, first } = input
      state.samples = samples
      state.learntSince ??= first
      const next = timetable.step(state.schedule, { eventTime, samples })
      state.schedule = next.state
      if (state.failure !== undefined) return
      const { adopt, request } = next.output
      if (adopt !== undefined) promote(state, adopt, eventTime)
      if (request !== undefined) {
        state.open.push({ round: request, request: roundOf(state, request, input), result: undefined })
      }
    },
  }
}

/** The round whose weights take effect at `eventTime` but are not here yet: the stream is to wait for them. */
export function awaited(state: LearnerState, eventTime: Instant): number | undefined {
  if (state.failure !== undefined) return undefined
  const round = dueRound(state.schedule, eventTime)
  const open = state.open.find((one) => one.round === round)
  return open && open.result === undefined ? round : undefined
}

/** The stream is being held for a round. */
export function holdFor(state: LearnerState, round: number): void {
  if (state.waitedFor !== round) state.waits += 1
  state.waitedFor = round
}

/** The round to train next: rounds build upon each other, so it is the oldest whose result is not here. */
export function nextRound({ open, failure }: LearnerState): TrainingRound | undefined {
  return failure === undefined ? open.find(({ result }) => result === undefined)?.request : undefined
}

/** The outcome of the round that `nextRound` gave. */
export function roundTrained(state: LearnerState, { result, state: trainer }: TrainedRound): void {
  const open = state.open.find((one) => one.result === undefined)
  if (!open) throw new Error(`round ${result.weights.version} was trained, but not asked for`)
  open.request = undefined
  open.result = result
  state.trainer = trainer
}

/** Training is over for this session; the first reason is kept, the last weights stay in use. */
export function trainingFailed(state: LearnerState, error: unknown): void {
  state.failure ??= errorMessage(error)
  for (const open of state.open) open.request = undefined
}

function promote(state: LearnerState, newest: number, eventTime: Instant): void {
  state.waited = state.waitedFor !== undefined
  state.waitedFor = undefined
  while (state.open[0] && state.open[0].round <= newest) {
    const { round, result } = state.open.shift()!
    if (result === undefined) throw new Error(`round ${round} was due at ${eventTime}, but not waited for`)
    state.rounds += 1
    state.steps += result.steps
    state.loss = result.loss
    if (Number.isFinite(result.loss)) {
      state.weights = result.weights
      state.promotedAt = eventTime
    } else state.rolledBack += 1
  }
}
