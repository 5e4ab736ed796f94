import type { Instant } from '../domain/instant.ts'
import type { ReplayMark } from '../domain/reading.ts'
import type { BridgeState } from '../ingest/bridge.ts'
import type { NamingState } from '../ingest/named-rows.ts'
import type { OrderState } from '../ingest/order.ts'
import type { LearnerState } from '../learn/learner-state.ts'
import type { ScalerState } from '../window/scaler.ts'
import type { EnsembleState } from './ensemble.ts'
import type { PipelineEvent } from './events.ts'
import type { HealthState } from './health/health-state.ts'
import type { History } from './history.ts'
import type { IngestStatistics } from './ingest-statistics.ts'
import type { FeatureSamples, LookbackSamples } from './replay-samples.ts'
import type { ScoreDigest } from './score-message.ts'
import type { TruthJoinState } from './truth-join.ts'
import type { VerificationState } from './verification.ts'
import type { WindowState } from './window.ts'

/**
 * All that a station's pipeline knows: one plain record, an entry a stage. It is handed in when the pipeline is
 * subscribed to, and may be written out between any two ticks: read back in, the pipeline goes on as if it had never
 * stopped, bit for bit. docs/architecture.md says what each stage holds, and how much.
 */
export interface StationState {
  /** Where the newest tick that was taken in stands in its journal or stream; undefined where none is kept. */
  position: number | undefined
  /** Of the newest tick of a tape that was taken in, counted since the models began; undefined without a tape. */
  tapeRow: number | undefined
  /** Who has sent ticks that were not read before; undefined where there were none. */
  naming?: NamingState
  order: OrderState
  bridge: BridgeState
  /** Events that wait for weights, in order. */
  readonly waiting: PipelineEvent[]
  /** Of the target's sensor. */
  health: HealthState
  history: History
  window: WindowState
  truths: TruthJoinState
  verification: VerificationState
  scoreDigest: ScoreDigest
  ensemble: EnsembleState
  /** Of the networks' inputs. */
  scaler: ScalerState
  lookbackSamples: LookbackSamples
  featureSamples: FeatureSamples
  /** By expert that is trained beside the stream. */
  learners: Record<string, LearnerState>
  /** The span of `issueEvery` in which the newest forecast was issued, counted from 1970. */
  issuedIn: number | undefined
  ingestStatistics: IngestStatistics
  /** Forecasts issued in the session. */
  forecasts: number
  /** Ticks worked off in the session. */
  ticks: number
  /** The replay session that runs; undefined for live readings. */
  session: string | undefined
  /** The newest reading's. */
  newest: { readonly eventTime: Instant; readonly replay: ReplayMark | undefined } | undefined
}
