import { describe, expect, it } from 'vitest'
import { reasonOf } from '../../src/app/reason.ts'
import { type RunSummary, summaryLines } from '../../src/commands/summary.ts'

const summary: RunSummary = {
  rows: 100,
  readings: 97,
  rejected: 3,
  rejectedByReason: { late: 2, duplicate: 1 },
  forecasts: 16,
  scores: 64,
  mae24h: { persistence: 2, mixture: 1.5, climatology: 3, late: 1, gru32: null },
  n24h: { persistence: 40, mixture: 40, climatology: 40, late: 12, gru32: 0 },
  skill24h: { persistence: 0, mixture: 0.25, climatology: -0.5, late: 0.1, gru32: null },
  wallSeconds: 1.25,
  peakMemoryBytes: 150e6,
  engine: 'wasm',
  bus: 'memory',
  source: 'replay',
}

describe('summary', () => {
  it('summary - a person reads the counts with their reasons, each model with its gain over persistence where both forecast', () => {
    expect(summaryLines(summary, 'degC')).toEqual([
      '100 rows: 97 readings, 3 rejected (2 late, 1 duplicate); 16 forecasts, 64 scores; 1.25 s, at most 150 MB',
      'mean absolute error at +24 h over the whole run, 40 forecasts:',
      '  persistence      2.000 K',
      '  mixture          1.500 K  +25.0 % against persistence',
      '  climatology      3.000 K  -50.0 % against persistence',
      '  late             1.000 K  +10.0 % against persistence (over 12 of them)',
      '  gru32            not settled yet',
    ])
  })

  it('summary - where nothing was rejected, no reasons are listed', () => {
    const [counts] = summaryLines({ ...summary, rejected: 0, rejectedByReason: {} }, 'degC')
    expect(counts).toContain('97 readings, 0 rejected; 16 forecasts')
  })
})

describe('reason', () => {
  it('reason - an error is one line with all that caused it', () => {
    const cause = new Error('no channel\n  of that name', { cause: 'T' })
    expect(reasonOf(new Error('the station failed', { cause }))).toBe(
      'the station failed: no channel of that name: T',
    )
  })
})
