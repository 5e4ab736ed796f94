import { formatInstant } from '../domain/instant.ts'
import type { LearnerStats } from '../learn/session.ts'
import { thousandth } from '../protocol/encode.ts'
import type { StatusMessage } from '../protocol/messages.ts'
import { calibrationOf } from '../verify/calibration.ts'
import type { ScoreTable } from '../verify/rolling.ts'

/**
 * How the recurrent network's learning stands, as it travels; `off` where there is none. `trouble` is of whatever
 * learns beside the stream.
 */
export function trainingStatus(
  stats: LearnerStats | undefined,
  { network, trouble }: { readonly network: string; readonly trouble: string | undefined },
): StatusMessage['training'] {
  if (!stats) {
    return {
      state: 'off',
      samples: 0,
      rounds: 0,
      steps: 0,
      loss: null,
      weights_version: 0,
      promoted_at: null,
      network,
      ...(trouble !== undefined && { trouble }),
    }
  }
  const { state, samples, rounds, steps, loss, weightsVersion, promotedAt } = stats
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
  }
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
