import { formatInstant } from '../domain/instant.ts'
import { thousandth } from '../protocol/encode.ts'
import type { StatusMessage } from '../protocol/messages.ts'
import { calibrationOf } from '../verify/calibration.ts'
import type { ScoreTable } from '../verify/rolling.ts'
import type { Learning } from './learning.ts'

/**
 * How learning stands, as it travels: the recurrent network's, `off` where there is none, and of every network what
 * came of its rounds.
 */
export function trainingStatus(
  recurrent: Learning | undefined,
  { network, others }: { readonly network: string; readonly others: readonly Learning[] },
): StatusMessage['training'] {
  const all = recurrent ? [recurrent, ...others] : others
  const trouble = all.map((one) => one.trouble).find((each) => each !== undefined)
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
    ...(trouble !== undefined && { trouble }),
    networks: Object.fromEntries(
      all.map(({ name, stats: { rounds, undone } }) => [name, { rounds, undone }]),
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
