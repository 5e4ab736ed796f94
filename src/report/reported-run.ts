import type { Figures } from './figures.ts'

/** How a backtest went, beside what it found. */
export interface ReportedRun extends Figures {
  readonly data: string
  readonly station: string
  readonly target: string
  /** Of errors. */
  readonly unit: string
  readonly source: string
  readonly published: string
  /** Who was to forecast, in the order of tables, whether or not any of it was scored. */
  readonly experts: readonly string[]
  readonly from: string
  readonly until: string
  /** Forecasts issued from then on are scored; null: all. */
  readonly scoreFrom: string | null
  readonly seed: number
  readonly rows: number
  /** Issued, each with 24 leads. */
  readonly forecasts: number
  readonly engine: string
  readonly network: string
  readonly wallSeconds: number
  readonly peakMemoryBytes: number
}

export const SIMULATED = 'SIMULATED: no instrument has measured this.'
