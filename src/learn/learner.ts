import type { Instant, Span } from '../domain/instant.ts'
import type { Sample, ScalerSnapshot } from '../domain/lookback.ts'
import type { Weights } from '../domain/weights.ts'
import { fallingLearningRate } from './learning-rate.ts'
import { draw, offer } from './reservoir.ts'
import { dueRound, type ScheduleOptions, schedule } from './schedule.ts'
import { beginSession, failed, type LearnerStats, openRound, statsOf } from './session.ts'
import type { Batch, RoundTrainer } from './trainer.ts'

export interface LearnerOptions {
  readonly trainer: Pick<RoundTrainer, 'train' | 'reset'>
  /** Everything random in learning (which samples are kept and drawn) comes from it. */
  readonly seed: number
  readonly schedule?: ScheduleOptions
  /** Samples in a batch, one batch a step. Default 64. */
  readonly batchSize?: number
  /** Default 2: more forget the season while there is little to learn from. */
  readonly stepsPerRound?: number | ((learntFor: Span) => number)
  /** Samples kept to draw from. Default 4096. */
  readonly reservoirCapacity?: number
  /** Share of a batch from the last 60 days, 0..1; the rest is drawn from all that is kept. Default 0.25. */
  readonly recentShare?: number
  /** By the event time learnt from so far. */
  readonly learningRate?: (learntFor: Span) => number
}

/** Learns beside the stream and hands out weights by event time: the same ones at any replay speed. */
export interface Learner {
  /** Undefined before the first promotion. */
  readonly weights: Weights | undefined
  readonly stats: LearnerStats
  /**
   * Ask this with every reading, right before it is processed: where weights that take effect then are not ready,
   * a promise to hold the stream by. It never rejects: should training fail, the stream goes on with what it has.
   */
  due(eventTime: Instant): Promise<void> | undefined
  /** Once per reading, after `due`: takes matured samples, promotes weights that are due, asks for a round. */
  observe(input: LearnerInput): void
  /** Forget everything: a new replay session. Never rejects either. */
  reset(): Promise<void>
}

export interface LearnerInput {
  readonly eventTime: Instant
  readonly samples: readonly Sample[]
  /** The scaler as known at `eventTime`; called only when a round is asked for. */
  readonly scaler: () => ScalerSnapshot
}

export function learner({
  trainer,
  seed,
  schedule: scheduleOptions = {},
  batchSize = 64,
  stepsPerRound = 2,
  reservoirCapacity = 4096,
  recentShare = 0.25,
  learningRate = fallingLearningRate,
}: LearnerOptions): Learner {
  const timetable = schedule(scheduleOptions)
  const begin = () => beginSession({ timetable, seed, capacity: reservoirCapacity })
  let session = begin()

  const request = (round: number, { eventTime, scaler }: LearnerInput): void => {
    const { reservoir, random, open, learntSince = eventTime } = session
    const learntFor = eventTime - learntSince
    const steps = typeof stepsPerRound === 'number' ? stepsPerRound : stepsPerRound(learntFor)
    const batches = Array.from({ length: steps }, () =>
      draw(reservoir, { size: batchSize, recentShare }, random),
    )
    const asked = trainer.train({
      round,
      requestedAt: eventTime,
      scaler: scaler(),
      learningRate: learningRate(learntFor),
      batches: batches.filter((batch): batch is Batch => batch !== undefined),
    })
    open.set(round, openRound(asked, session))
  }

  const promote = (newest: number, eventTime: Instant): void => {
    session.waited = session.waitedFor !== undefined
    session.waitedFor = undefined
    for (const [round, { result }] of session.open) {
      if (round > newest) break
      session.open.delete(round)
      if (result === undefined) throw new Error(`round ${round} was due at ${eventTime}, but not waited for`)
      session.rounds += 1
      session.steps += result.steps
      session.loss = result.loss
      if (Number.isFinite(result.loss)) {
        session.weights = result.weights
        session.promotedAt = eventTime
      } else session.undone += 1
    }
  }

  return {
    get weights() {
      return session.weights
    },
    get stats() {
      return statsOf(session)
    },
    due(eventTime) {
      if (session.trouble !== undefined) return undefined
      const round = dueRound(session.schedule, eventTime)
      const open = round === undefined ? undefined : session.open.get(round)
      if (open === undefined || open.result !== undefined) return undefined
      if (session.waitedFor !== round) session.waits += 1
      session.waitedFor = round
      return open.settled
    },
    observe(input) {
      const { eventTime, samples } = input
      for (const sample of samples) offer(session.reservoir, sample, session.random)
      session.learntSince ??= samples[0]?.issuedAt
      const next = timetable.step(session.schedule, { eventTime, samples: session.reservoir.seen })
      session.schedule = next.state
      if (session.trouble !== undefined) return
      const { adopt, request: asked } = next.output
      if (adopt !== undefined) promote(adopt, eventTime)
      if (asked !== undefined) request(asked, input)
    },
    async reset() {
      const fresh = begin()
      session = fresh
      await trainer.reset().catch((error: unknown) => failed(fresh, error))
    },
  }
}
