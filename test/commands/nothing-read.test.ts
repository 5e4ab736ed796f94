import { expect, it } from 'vitest'
import { refusals } from '../../src/commands/nothing-read.ts'
import type { StatusMessage } from '../../src/protocol/status.ts'

type Rejected = StatusMessage['intake']['last_rejected'][number]

it('refusals - the reasons are counted, and of each one stands for all, with its line and whose it is', () => {
  const rejected = (tick: string, field: string, reason: Rejected['reason']): Rejected => ({
    ...{ tick, field, reason, event_time: '', value: 7, rule: 'less', rejected_at: '', source: 'live' },
  })
  const intake = {
    ...{ rows: 9, readings: 6, bridged: 0, gaps: 0, masked: 0, rejected: 3 },
    rejected_by_reason: { malformed: 2, late: 1 },
    last_rejected: [
      rejected('run/met.csv:9/met.wind', 'outside.leads', 'malformed'),
      rejected('run/met.csv:5/met', 'outside.issued_at', 'malformed'),
      rejected('run/pond.csv:3', 'event_time', 'late'),
    ],
  }
  expect(refusals(intake)).toEqual({
    counts: '2 malformed, 1 late',
    why: 'met.csv:5/met: outside.issued_at is 7; expected less; pond.csv:3: event_time is 7; expected less',
  })
})
