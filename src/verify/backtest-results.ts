import type { Fold } from '../domain/fold.ts'
import type { Settlement } from '../domain/forecast.ts'
import type { Instant, Span } from '../domain/instant.ts'
import { type HeadToHeadState, headToHead } from './head-to-head.ts'
import { type HourCoverageState, hourCoverage } from './hour-coverage.ts'
import { type ReliabilityState, reliability } from './reliability.ts'
import { addToRoster, type RosterSums } from './roster-sums.ts'
import { type WorstCoverageState, worstCoverage } from './worst-coverage.ts'

/** What a backtest accumulates over a whole run, beside the rolling scores. */
export interface BacktestResultsState {
  /** By year of the issue time on the station's clock, `2010`, and by who took part. Only forecasts that are scored. */
  readonly years: Record<string, RosterSums[]>
  /** From the very first forecast on. */
  readonly headToHead: HeadToHeadState
  /** Only forecasts that are scored. */
  readonly scoredHeadToHead: HeadToHeadState
  readonly worst: WorstCoverageState
  readonly reliability: ReliabilityState
  readonly byHour: HourCoverageState
  /** Forecast-leads that are scored. */
  scored: number
}

export interface BacktestResultsOptions {
  readonly published: string
  readonly reference: string
  /** Forecasts issued earlier are learnt from, but not scored. */
  readonly scoreFrom: Instant
  /** Of the station's clock from UTC. */
  readonly utcOffset: Span
}

export function backtestResults({
  published,
  reference,
  scoreFrom,
  utcOffset,
}: BacktestResultsOptions): Fold<BacktestResultsState, readonly Settlement[], undefined> {
  const comparison = headToHead(published, reference)
  const hours = hourCoverage(utcOffset)
  return {
    initial: () => ({
      years: {},
      headToHead: comparison.initial(),
      scoredHeadToHead: comparison.initial(),
      worst: worstCoverage.initial(),
      reliability: reliability.initial(),
      byHour: hours.initial(),
      scored: 0,
    }),
    step(state, settlements) {
      comparison.step(state.headToHead, settlements)
      const scored = settlements.filter(({ issuedAt }) => issuedAt >= scoreFrom)
      comparison.step(state.scoredHeadToHead, scored)
      worstCoverage.step(state.worst, scored)
      reliability.step(state.reliability, scored)
      hours.step(state.byHour, scored)
      for (const settlement of scored) {
        const year = new Date(settlement.issuedAt + utcOffset).getUTCFullYear()
        state.years[year] ??= []
        addToRoster(state.years[year], settlement, published)
      }
      state.scored += scored.length
      return { state, output: undefined }
    },
  }
}
