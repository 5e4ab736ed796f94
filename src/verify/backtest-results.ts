import type { Fold } from '../domain/fold.ts'
import type { Settlement } from '../domain/forecast.ts'
import type { Instant, Span } from '../domain/instant.ts'
import { type RaceState, race } from './head-to-head.ts'
import { type ReliabilityState, reliability } from './reliability.ts'
import { addSettlement, emptyTallies, type Tallies } from './score-sums.ts'
import { type WorstCoverageState, worstCoverage } from './worst-coverage.ts'

/** What a whole run leaves to be told: the record of a backtest. */
export interface RecordState {
  /** By year of the issue time on the station's clock, `2010`. Only forecasts that are scored. */
  readonly years: Record<string, Tallies>
  /** From the very first forecast on. */
  readonly race: RaceState
  /** Only forecasts that are scored. */
  readonly scoredRace: RaceState
  readonly worst: WorstCoverageState
  readonly reliability: ReliabilityState
  /** Forecast-leads that are scored. */
  scored: number
}

export interface RecordOptions {
  readonly published: string
  readonly rival: string
  /** Forecasts issued earlier are learnt from, but not scored. */
  readonly scoreFrom: Instant
  /** Of the station's clock from UTC. */
  readonly utcOffset: Span
}

export function record({
  published,
  rival,
  scoreFrom,
  utcOffset,
}: RecordOptions): Fold<RecordState, readonly Settlement[], undefined> {
  const racing = race(published, rival)
  return {
    initial: () => ({
      years: {},
      race: racing.initial(),
      scoredRace: racing.initial(),
      worst: worstCoverage.initial(),
      reliability: reliability.initial(),
      scored: 0,
    }),
    step(state, settlements) {
      racing.step(state.race, settlements)
      const scored = settlements.filter(({ issuedAt }) => issuedAt >= scoreFrom)
      racing.step(state.scoredRace, scored)
      worstCoverage.step(state.worst, scored)
      reliability.step(state.reliability, scored)
      for (const settlement of scored) {
        const year = new Date(settlement.issuedAt + utcOffset).getUTCFullYear()
        state.years[year] ??= emptyTallies()
        addSettlement(state.years[year], settlement)
      }
      state.scored += scored.length
      return { state, output: undefined }
    },
  }
}
