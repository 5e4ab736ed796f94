import { healthMessage } from '../core/health/health-message.ts'
import { ingestStatisticsMessage } from '../core/ingest-statistics.ts'
import type { StationModel } from '../core/station-model.ts'
import type { StationState } from '../core/station-state.ts'
import { formatInstant } from '../domain/instant.ts'
import { targetChannel } from '../domain/station.ts'
import { statsOf } from '../learn/learner-state.ts'
import type { AskedMessage } from '../protocol/asked.ts'
import { provenanceOf } from '../protocol/encode.ts'
import type { ReplayMarkMessage } from '../protocol/provenance.ts'
import type { StatusMessage } from '../protocol/status.ts'
import { scoreTable } from '../verify/rolling.ts'
import { firstWeightsAt } from './first-weights.ts'
import { neighboursStatus } from './neighbours-status.ts'
import { calibrationStatus, outsideStatus, settledShare, trainingStatus } from './status-message.ts'

/** Of the process, not of the station's state. */
export interface StatusContext {
  /** What trains the recurrent networks, in words. */
  readonly engine: string
  /** Description of the recurrent networks; `none` without one. */
  readonly network: string
  /** Where it is on its way to, of what it has to catch up with. */
  readonly catchingUp: StatusMessage['catching_up']
  /** How the tape stands. */
  readonly tape: ReplayMarkMessage | undefined
  /** By issuer, how asking it goes. */
  readonly asked: Readonly<Record<string, AskedMessage>> | undefined
}

/** How a station stands, for people and pages: all of it follows from its state. */
export function stationStatus(
  { parts }: StationModel,
  state: StationState,
  { engine, network, catchingUp, tape, asked }: StatusContext,
): StatusMessage {
  const { station, trained } = parts
  const { newest, truths, forecasts } = state
  const networks = trained.map((expert) => ({
    name: expert.name,
    recurrent: expert.learnsFrom === 'lookbacks',
    stats: statsOf(state.learners[expert.name]!),
    firstWeightsAt: firstWeightsAt(expert, { parts, state }),
  }))
  return {
    as_of: catchingUp?.to ?? (newest ? formatInstant(newest.eventTime) : null),
    ...(catchingUp && { catching_up: catchingUp }),
    target: station.target,
    unit: targetChannel(station).unit,
    engine,
    training: trainingStatus(networks, network),
    intake: ingestStatisticsMessage(state.ingestStatistics),
    forecasts,
    scores: truths.settled,
    settled_share: settledShare(truths),
    calibration: calibrationStatus(scoreTable(state.verification.rolling, newest?.eventTime ?? 0)),
    ...(station.neighbours && { neighbours: neighboursStatus(station, state.ensemble.neighbours) }),
    ...(station.outside && { outside: outsideStatus(station, state.ensemble, asked) }),
    ...(station.health !== 'off' && { health: healthMessage(state.health) }),
    ...provenanceOf(station, newest?.replay),
    ...(newest?.replay && tape && { replay: tape }),
  }
}
