import { resourceUsage } from 'node:process'
import { differenceUnit } from '../domain/unit.ts'
import type { StatusMessage } from '../protocol/messages.ts'

/** Summary of a run that has ended: the one JSON object that `--json` prints last. */
export interface RunSummary {
  /** Rows read; each is a reading or was rejected. */
  readonly rows: number
  readonly readings: number
  readonly rejected: number
  readonly rejectedByReason: Readonly<Record<string, number>>
  /** Forecasts issued, each with 24 leads. */
  readonly forecasts: number
  /** Forecast-leads settled against a measurement. */
  readonly scores: number
  /** Mean absolute error at +24 h over the whole run, in the target's unit (K for a temperature), by model. */
  readonly mae24h: Readonly<Record<string, number | null>>
  readonly wallSeconds: number
  readonly peakMemoryBytes: number
  readonly engine: string
  readonly bus: string
  readonly source: StatusMessage['source']
}

export function runSummary(
  status: StatusMessage,
  { mae24h, wallSeconds, bus }: Pick<RunSummary, 'mae24h' | 'wallSeconds' | 'bus'>,
): RunSummary {
  const { intake, forecasts, scores, engine, source } = status
  return {
    rows: intake.rows,
    readings: intake.readings,
    rejected: intake.rejected,
    rejectedByReason: intake.rejected_by_reason,
    forecasts,
    scores,
    mae24h: Object.fromEntries(
      Object.entries(mae24h).map(([name, mae]) => [name, mae === null ? null : Number(mae.toFixed(4))]),
    ),
    wallSeconds: Number(wallSeconds.toFixed(2)),
    peakMemoryBytes: resourceUsage().maxRSS * 1024,
    engine,
    bus,
    source,
  }
}

/** The summary for a person: a line of counts, then each model with its error and what it gains over persistence. */
export function summaryLines(summary: RunSummary, unit: string): string[] {
  const { rows, readings, rejected, forecasts, scores, wallSeconds, peakMemoryBytes, mae24h } = summary
  const megabytes = Math.round(peakMemoryBytes / 1e6)
  const reasons = Object.entries(summary.rejectedByReason).map(([reason, count]) => `${count} ${reason}`)
  const persistence = mae24h['persistence']
  return [
    `${rows} rows: ${readings} readings, ${rejected} rejected${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}; ${forecasts} forecasts, ${scores} scores; ${wallSeconds} s, at most ${megabytes} MB`,
    'mean absolute error at +24 h over the whole run:',
    ...Object.entries(mae24h).map(([name, mae]) => {
      if (mae === null) return `  ${name.padEnd(16)} not settled yet`
      const skill = persistence ? 100 * (1 - mae / persistence) : 0
      const gain =
        name === 'persistence' ? '' : `  ${skill >= 0 ? '+' : ''}${skill.toFixed(1)} % against persistence`
      return `  ${name.padEnd(16)} ${mae.toFixed(3)} ${differenceUnit(unit)}${gain}`
    }),
  ]
}
