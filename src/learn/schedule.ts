import type { Fold } from '../domain/fold.ts'
import { HOUR, type Instant, type Span } from '../domain/instant.ts'

export interface ScheduleOptions {
  /** Event time between two training rounds; boundaries are its whole multiples since 1970. Default 12 h. */
  readonly trainEvery?: Span
  /** How much later than these multiples boundaries are. Learners at different ones take turns. Default 0. */
  readonly offset?: Span
  /** No round before this many samples have matured. Default 72. */
  readonly minSamples?: number
  /** Event time from the request of a round to the moment its weights take effect. Default `trainEvery`. */
  readonly lag?: Span
}

const TRAIN_EVERY = 12 * HOUR
const MIN_SAMPLES = 72

export interface ScheduleInput {
  readonly eventTime: Instant
  /** Samples matured so far, in all. */
  readonly samples: number
}

/** What is due at an event time; nothing of it depends on how long training took. */
export interface ScheduleActions {
  /** The newest round whose weights take effect now, ahead of any forecast issued at this time. */
  readonly adopt?: number
  /** A round to ask for now. */
  readonly request?: number
}

export interface ScheduleState {
  /** The round asked for last; 0 before the first. */
  readonly round: number
  /** Boundaries passed; undefined before the first reading. */
  readonly boundary: number | undefined
  /** Rounds asked for whose weights have not taken effect yet, oldest first. At most lag / trainEvery + 1. */
  readonly open: readonly { readonly round: number; readonly adoptAt: Instant }[]
}

/**
 * When to train and when to take over what was learnt, in event time alone: a replay at any speed, a live run and a
 * backtest pass through the same rounds, trained on the same samples and taking effect at the same readings.
 * A gap over several boundaries asks for one round, not for one per boundary.
 */
export function schedule({
  trainEvery = TRAIN_EVERY,
  offset = 0,
  minSamples = MIN_SAMPLES,
  lag = trainEvery,
}: ScheduleOptions = {}): Fold<ScheduleState, ScheduleInput, ScheduleActions> {
  return {
    initial: () => ({ round: 0, boundary: undefined, open: [] }),
    step(state, { eventTime, samples }) {
      const boundary = Math.floor((eventTime - offset) / trainEvery)
      const crossed = state.boundary !== undefined && boundary > state.boundary
      const adopt = dueRound(state, eventTime)
      const asks = crossed && samples >= minSamples
      if (boundary === state.boundary && adopt === undefined) return { state, output: NOTHING }

      const round = asks ? state.round + 1 : state.round
      const open = adopt === undefined ? state.open : state.open.filter((one) => one.round > adopt)
      return {
        state: { round, boundary, open: asks ? [...open, { round, adoptAt: eventTime + lag }] : open },
        output: { ...(adopt !== undefined && { adopt }), ...(asks && { request: round }) },
      }
    },
  }
}

/** What is known of a round to come. */
export type ForeseenRound =
  /** It was asked for: when its weights take effect. */
  | { readonly adoptAt: Instant }
  /** Nothing was asked for by `now`; samples mature one `every` from `firstAt` on. */
  | { readonly firstAt: Instant; readonly every: Span; readonly now: Instant }

/** When the weights of the round to come take effect, or of the one that is `further` rounds behind it. */
export function adoptionAfter(
  { trainEvery = TRAIN_EVERY, offset = 0, minSamples = MIN_SAMPLES, lag = trainEvery }: ScheduleOptions,
  { further, ...round }: ForeseenRound & { readonly further: number },
): Instant {
  if ('adoptAt' in round) return round.adoptAt + further * trainEvery
  const enough = round.firstAt + (minSamples - 1) * round.every
  const boundary = Math.max(
    Math.ceil((enough - offset) / trainEvery),
    Math.floor((round.now - offset) / trainEvery) + 1,
  )
  return (boundary + further) * trainEvery + offset + lag
}

/** The newest round whose weights are to take effect at `eventTime` or should have before; undefined where none are. */
export function dueRound({ open }: ScheduleState, eventTime: Instant): number | undefined {
  return open.findLast(({ adoptAt }) => adoptAt <= eventTime)?.round
}

const NOTHING: ScheduleActions = {}
