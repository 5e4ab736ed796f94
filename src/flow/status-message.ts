import type { EnsembleState } from '../core/ensemble.ts'
import type { TruthJoinState } from '../core/truth-join.ts'
import { formatInstant, type Instant } from '../domain/instant.ts'
import { quantityName } from '../domain/outside.ts'
import type { Station } from '../domain/station.ts'
import type { LearnerStats } from '../learn/learner-state.ts'
import type { AskedMessage } from '../protocol/asked.ts'
import { thousandth } from '../protocol/encode.ts'
import type { StatusMessage } from '../protocol/status.ts'
import { calibrationOf } from '../verify/calibration.ts'
import type { ScoreTable } from '../verify/rolling.ts'

/** A network that is trained beside the stream, and where that stands. */
export interface TrainedNetwork {
  readonly name: string
  readonly recurrent: boolean
  readonly stats: LearnerStats
  /** When its first weights come into use; undefined once they have, or where that is not known. */
  readonly firstWeightsAt?: Instant | undefined
}

/**
 * How learning stands, as it travels: the first recurrent network's, `off` where there is none, and of every network
 * what came of its rounds.
 */
export function trainingStatus(
  networks: readonly TrainedNetwork[],
  network: string,
): StatusMessage['training'] {
  const failed = networks.find(({ stats }) => stats.failure !== undefined)
  const recurrent = networks.find((one) => one.recurrent)
  const { state, samples, rounds, steps, loss, weightsVersion, promotedAt } = recurrent?.stats ?? NO_NETWORK
  return {
    state,
    samples,
    rounds,
    steps,
    loss: loss !== undefined && Number.isFinite(loss) ? loss : null,
    weights_version: weightsVersion,
    promoted_at: promotedAt === undefined ? null : formatInstant(promotedAt),
    network,
    ...(failed && { trouble: `${failed.name}: ${failed.stats.failure}` }),
    networks: Object.fromEntries(
      networks.map(({ name, stats: { rounds, rolledBack }, firstWeightsAt }) => [
        name,
        {
          rounds,
          undone: rolledBack,
          ...(firstWeightsAt !== undefined && { first_weights: formatInstant(firstWeightsAt) }),
        },
      ]),
    ),
  }
}

const NO_NETWORK = {
  state: 'off',
  samples: 0,
  rounds: 0,
  steps: 0,
  loss: undefined,
  weightsVersion: 0,
  promotedAt: undefined,
} as const

/** Of the forecasts at a lead that wait for no truth any more the share whose truth came, as it travels. */
export function settledShare({
  settled,
  expired,
}: Pick<TruthJoinState, 'settled' | 'expired'>): StatusMessage['settled_share'] {
  const closed = settled + expired
  return closed > 0 ? thousandth(settled / closed) : null
}

/** What has come of each issuer and quantity that the station names, as it travels. */
export function outsideStatus(
  { outside = [] }: Pick<Station, 'outside'>,
  { outside: ofTarget, ahead }: Pick<EnsembleState, 'outside' | 'ahead'>,
  asked: Readonly<Record<string, AskedMessage>> = {},
): StatusMessage['outside'] {
  const told = outside.map(({ issuer, quantity }) => {
    const name = quantity === undefined ? issuer : quantityName(issuer, quantity)
    const { forecasts = 0, last } = (quantity === undefined ? ofTarget?.issuers[issuer] : ahead?.[name]) ?? {}
    return [
      name,
      {
        forecasts,
        issued_at: last ? formatInstant(last.issuedAt) : null,
        available_at: last ? formatInstant(last.availableAt) : null,
        valid_until: last ? formatInstant(last.validUntil) : null,
        ...(asked[name] && { asked: asked[name] }),
      },
    ]
  })
  return Object.fromEntries(told)
}

/** Whether the intervals hold what they promise, as it travels. */
export function calibrationStatus(table: ScoreTable): StatusMessage['calibration'] {
  const { state, worst, off } = calibrationOf(table)
  return {
    state,
    worst: worst
      ? { lead_hours: worst.leadIndex + 1, nominal: worst.nominal, coverage: thousandth(worst.coverage) }
      : null,
    off: off.length,
  }
}
