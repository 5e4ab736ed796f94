import type { RejectedMessage } from '../protocol/rejected.ts'
import type { StatusMessage } from '../protocol/status.ts'
import type { PipelineEvent } from './events.ts'

const NEWEST = 10

/** What has become of the ticks of a session: every row is a reading or a rejection. Plain data. */
export interface IngestStatistics {
  readings: number
  bridged: number
  gaps: number
  masked: number
  rejected: number
  readonly rejectedByReason: Record<string, number>
  /** Newest first. */
  lastRejected: readonly RejectedMessage[]
}

export function emptyIngestStatistics(): IngestStatistics {
  return {
    readings: 0,
    bridged: 0,
    gaps: 0,
    masked: 0,
    rejected: 0,
    rejectedByReason: {},
    lastRejected: [],
  }
}

export function countEvent(state: IngestStatistics, event: PipelineEvent): void {
  switch (event.kind) {
    case 'reading':
      if (event.reading.bridged) state.bridged++
      else state.readings++
      return
    case 'gap':
      state.gaps++
      return
    case 'masked':
      state.masked += event.cells
      return
    case 'accepted':
    case 'done':
    case 'neighbour':
    case 'outside':
    case 'rejected':
    case 'session':
      return
  }
}

export function countRejected(state: IngestStatistics, message: RejectedMessage): void {
  const { reason } = message
  state.rejected++
  state.rejectedByReason[reason] = (state.rejectedByReason[reason] ?? 0) + 1
  state.lastRejected = [message, ...state.lastRejected].slice(0, NEWEST)
}

/** As it travels. */
export function ingestStatisticsMessage(state: IngestStatistics): StatusMessage['intake'] {
  const { readings, bridged, gaps, masked, rejected, rejectedByReason, lastRejected } = state
  return {
    rows: readings + rejected,
    readings,
    bridged,
    gaps,
    masked,
    rejected,
    rejected_by_reason: { ...rejectedByReason },
    last_rejected: [...lastRejected],
  }
}
