import type { RejectedMessage, StatusMessage } from '../protocol/messages.ts'
import type { Moment } from './moment.ts'

const NEWEST = 10

/** What has become of the ticks of a session: every row is a reading or a rejection. */
export interface Intake {
  count(moment: Moment): void
  rejected(message: RejectedMessage): void
  /** As it travels. */
  message(): StatusMessage['intake']
  reset(): void
}

export function intake(): Intake {
  const begin = (): Omit<StatusMessage['intake'], 'rows'> => ({
    readings: 0,
    bridged: 0,
    gaps: 0,
    masked: 0,
    rejected: 0,
    rejected_by_reason: {},
    last_rejected: [],
  })
  let counts = begin()

  return {
    count(moment) {
      switch (moment.kind) {
        case 'reading':
          if (moment.reading.bridged) counts.bridged++
          else counts.readings++
          break
        case 'gap':
          counts.gaps++
          break
        case 'masked':
          counts.masked += moment.cells
          break
        case 'done':
        case 'rejected':
        case 'session':
          break
      }
    },
    rejected(message) {
      const { reason } = message
      counts.rejected++
      counts.rejected_by_reason[reason] = (counts.rejected_by_reason[reason] ?? 0) + 1
      counts.last_rejected = [message, ...counts.last_rejected].slice(0, NEWEST)
    },
    message: () => ({
      ...counts,
      rows: counts.readings + counts.rejected,
      rejected_by_reason: { ...counts.rejected_by_reason },
      last_rejected: [...counts.last_rejected],
    }),
    reset() {
      counts = begin()
    },
  }
}
