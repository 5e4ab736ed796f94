import type { Fold } from '../domain/fold.ts'
import type { Instant } from '../domain/instant.ts'
import { type Random, seededRandom } from '../domain/random.ts'
import type { Weights } from '../domain/weights.ts'
import { emptyReservoir, type Reservoir } from './reservoir.ts'
import type { ScheduleActions, ScheduleInput, ScheduleState } from './schedule.ts'
import type { TrainingResult } from './trainer.ts'

/** A round asked for; `result` is set by the time `settled` resolves, unless training failed. */
export interface OpenRound {
  readonly settled: Promise<void>
  result: TrainingResult | undefined
}

/** What one replay session has taught. */
export interface Session {
  readonly reservoir: Reservoir
  readonly random: Random
  /** By round, oldest first: asked for and not taken over yet. */
  readonly open: Map<number, OpenRound>
  schedule: ScheduleState
  /** Issue time of the first sample. */
  learntSince: Instant | undefined
  weights: Weights | undefined
  promotedAt: Instant | undefined
  rounds: number
  steps: number
  loss: number | undefined
  undone: number
  waits: number
  /** The round that the stream is being held for. */
  waitedFor: number | undefined
  /** Whether it was held for the round taken over last. */
  waited: boolean
  trouble: string | undefined
}

export function beginSession({
  timetable,
  seed,
  capacity,
}: {
  readonly timetable: Fold<ScheduleState, ScheduleInput, ScheduleActions>
  readonly seed: number
  readonly capacity: number
}): Session {
  return {
    reservoir: emptyReservoir({ capacity }),
    random: seededRandom(seed),
    open: new Map(),
    schedule: timetable.initial(),
    learntSince: undefined,
    weights: undefined,
    promotedAt: undefined,
    rounds: 0,
    steps: 0,
    loss: undefined,
    undone: 0,
    waits: 0,
    waitedFor: undefined,
    waited: false,
    trouble: undefined,
  }
}

/** Follows a round to its end; a failure becomes the session's trouble and rejects nothing. */
export function openRound(asked: Promise<TrainingResult>, session: Session): OpenRound {
  const open: OpenRound = {
    result: undefined,
    settled: asked.then(
      (result) => {
        open.result = result
      },
      (error: unknown) => failed(session, error),
    ),
  }
  return open
}

/** Training is over for this session; the first reason is kept. */
export function failed(session: Session, error: unknown): void {
  session.trouble ??= error instanceof Error ? error.message : String(error)
}

/** How learning stands, for the status message. */
export interface LearnerStats {
  /** `waited_for`: the stream had to stand still until the weights now in use were ready. */
  readonly state: 'off' | 'warming_up' | 'idle' | 'training' | 'waited_for'
  /** Samples matured in this session. */
  readonly samples: number
  /** Rounds whose outcome has taken effect, undone ones included. */
  readonly rounds: number
  readonly steps: number
  /** Of the newest such round, in units of the target's scale. */
  readonly loss: number | undefined
  /** Rounds undone because their loss was no number or their network had run away: their weights never took effect. */
  readonly undone: number
  readonly weightsVersion: number
  readonly promotedAt: Instant | undefined
  /** How often the stream had to wait for training. */
  readonly waits: number
  /** Why there is no training any more, where it has failed. The last weights stay in use. */
  readonly trouble: string | undefined
}

export function statsOf(session: Session): LearnerStats {
  const { reservoir, rounds, steps, loss, undone, weights, promotedAt, waits, trouble } = session
  return {
    state: stateOf(session),
    samples: reservoir.seen,
    rounds,
    steps,
    loss,
    undone,
    weightsVersion: weights?.version ?? 0,
    promotedAt,
    waits,
    trouble,
  }
}

function stateOf({ trouble, waited, waitedFor, open, schedule: { round } }: Session): LearnerStats['state'] {
  if (trouble !== undefined) return 'off'
  if (waited || waitedFor !== undefined) return 'waited_for'
  if (round === 0) return 'warming_up'
  const working = [...open.values()].some(({ result }) => result === undefined)
  return working ? 'training' : 'idle'
}
