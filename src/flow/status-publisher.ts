import type { Bus } from '../bus/bus.ts'
import type { StationState } from '../core/station-state.ts'
import { type Station, targetChannel } from '../domain/station.ts'
import { differenceUnit } from '../domain/unit.ts'
import { provenanceOf } from '../protocol/encode.ts'
import type { StatusMessage } from '../protocol/status.ts'
import { monthsAt } from '../verify/monthly.ts'
import { scoreTable } from '../verify/rolling.ts'
import { verificationMessage } from './verification-message.ts'

/** The verification message is large, and few read it. */
const STATUSES_A_VERIFICATION = 10
/** Where nothing more comes for so long, as at the end of a tape, what there was has its verification. */
const QUIET_MS = 2_000

/** Publishes a station's status, and now and then all that is known of how good its forecasts were. */
export interface StatusPublisher {
  publish(): void
  /** Nothing where nobody listens. */
  publishVerification(): void
  /** Called while anything happens: the status, and the verification with every tenth or when it is quiet. */
  renew(): void
  /** Nothing more is published by itself. */
  stop(): void
}

export function statusPublisher({
  bus,
  station,
  state,
  status,
  isCatchingUp,
}: {
  readonly bus: Bus
  readonly station: Station
  readonly state: StationState
  readonly status: () => StatusMessage
  /** What an earlier run has published is met again: its verification is not of now. */
  readonly isCatchingUp: () => boolean
}): StatusPublisher {
  let statuses = 0
  let quiet: NodeJS.Timeout | undefined

  const publish = (): void => void bus.publish(station.id, 'status', status())
  const publishVerification = (): void => {
    const { newest, verification } = state
    if (!newest || !bus.hasSubscribers(station.id, 'verification')) return
    const message = verificationMessage(scoreTable(verification.rolling, newest.eventTime), {
      unit: differenceUnit(targetChannel(station).unit),
      months: monthsAt(verification.months, verification.rolling.sinceStart),
      provenance: provenanceOf(station, newest.replay),
    })
    void bus.publish(station.id, 'verification', message)
  }

  return {
    publish,
    publishVerification,
    renew() {
      publish()
      if (isCatchingUp()) return
      clearTimeout(quiet)
      if (statuses++ % STATUSES_A_VERIFICATION === 0) publishVerification()
      else quiet = setTimeout(publishVerification, QUIET_MS).unref()
    },
    stop: () => clearTimeout(quiet),
  }
}
