import type { Instant } from '../domain/instant.ts'
import type { Weights } from '../domain/weights.ts'
import type { ScheduleState } from './schedule.ts'
import type { TrainerState, TrainingResult, TrainingRound } from './trainer.ts'

/** A round asked for whose weights have not taken effect yet. */
export interface OpenRound {
  readonly round: number
  /** Until its result is here. */
  request: TrainingRound | undefined
  result: TrainingResult | undefined
}

/** What a session has taught one network. Plain data. */
export interface LearnerState {
  schedule: ScheduleState
  /** Of the generator that draws batches. */
  random: readonly number[]
  /** Oldest first. */
  readonly open: OpenRound[]
  /** As of the newest round whose result is here; undefined before the first. */
  trainer: TrainerState | undefined
  /** In effect; undefined before the first promotion. */
  weights: Weights | undefined
  promotedAt: Instant | undefined
  /** Issue time of the first sample. */
  learntSince: Instant | undefined
  /** Samples matured. */
  samples: number
  rounds: number
  steps: number
  loss: number | undefined
  rolledBack: number
  waits: number
  /** The round that the stream is being held for. */
  waitedFor: number | undefined
  /** Whether it was held for the round taken over last. */
  waited: boolean
  /** Why there is no training any more, where it has failed. */
  failure: string | undefined
}

export function emptyLearner(schedule: ScheduleState, random: readonly number[]): LearnerState {
  return {
    schedule,
    random,
    open: [],
    trainer: undefined,
    weights: undefined,
    promotedAt: undefined,
    learntSince: undefined,
    samples: 0,
    rounds: 0,
    steps: 0,
    loss: undefined,
    rolledBack: 0,
    waits: 0,
    waitedFor: undefined,
    waited: false,
    failure: undefined,
  }
}

/** How learning stands, for the status message. */
export interface LearnerStats
  extends Pick<
    LearnerState,
    'samples' | 'rounds' | 'steps' | 'loss' | 'rolledBack' | 'promotedAt' | 'waits' | 'failure'
  > {
  /** `waited_for`: the stream had to stand still until the weights now in use were ready. */
  readonly state: 'off' | 'warming_up' | 'idle' | 'training' | 'waited_for'
  readonly weightsVersion: number
}

export function statsOf(state: LearnerState): LearnerStats {
  const { samples, rounds, steps, loss, rolledBack, weights, promotedAt, waits, failure } = state
  return {
    state: activityOf(state),
    samples,
    rounds,
    steps,
    loss,
    rolledBack,
    weightsVersion: weights?.version ?? 0,
    promotedAt,
    waits,
    failure,
  }
}

function activityOf({
  failure,
  waited,
  waitedFor,
  open,
  schedule: { round },
}: LearnerState): LearnerStats['state'] {
  if (failure !== undefined) return 'off'
  if (waited || waitedFor !== undefined) return 'waited_for'
  if (round === 0) return 'warming_up'
  return open.some(({ result }) => result === undefined) ? 'training' : 'idle'
}
