import { resourceUsage } from 'node:process'
import { REFERENCE } from '../domain/baselines.ts'
import { differenceUnit } from '../domain/unit.ts'
import type { DayAhead } from '../flow/day-ahead.ts'
import type { StatusMessage } from '../protocol/status.ts'

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
  /** The forecasts that each of these errors is over: only over the same ones do two compare. */
  readonly n24h: Readonly<Record<string, number>>
  /** 1 - MAE / MAE of persistence at +24 h, over the forecasts that both made, by model. */
  readonly skill24h: Readonly<Record<string, number | null>>
  readonly wallSeconds: number
  readonly peakMemoryBytes: number
  readonly engine: string
  readonly bus: string
  readonly source: StatusMessage['source']
}

export function runSummary(
  status: StatusMessage,
  {
    dayAhead,
    wallSeconds,
    bus,
  }: Pick<RunSummary, 'wallSeconds' | 'bus'> & { readonly dayAhead: Readonly<Record<string, DayAhead>> },
): RunSummary {
  const { intake, forecasts, scores, engine, source } = status
  return {
    rows: intake.rows,
    readings: intake.readings,
    rejected: intake.rejected,
    rejectedByReason: intake.rejected_by_reason,
    forecasts,
    scores,
    mae24h: ofEach(dayAhead, ({ mae }) => rounded(mae)),
    n24h: ofEach(dayAhead, ({ n }) => n),
    skill24h: ofEach(dayAhead, ({ skill }) => rounded(skill)),
    wallSeconds: Number(wallSeconds.toFixed(2)),
    peakMemoryBytes: resourceUsage().maxRSS * 1024,
    engine,
    bus,
    source,
  }
}

function ofEach<T>(
  dayAhead: Readonly<Record<string, DayAhead>>,
  of: (model: DayAhead) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(dayAhead).map(([name, model]) => [name, of(model)]))
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toFixed(4))
}

/**
 * The summary for a person: a line of counts, then each model with its error and what it gains over persistence where
 * both forecast. An error over other forecasts than the published model's says so: it compares with no other.
 */
export function summaryLines(summary: RunSummary, unit: string): string[] {
  const { rows, readings, rejected, forecasts, scores, wallSeconds, peakMemoryBytes, mae24h } = summary
  const megabytes = Math.round(peakMemoryBytes / 1e6)
  const reasons = Object.entries(summary.rejectedByReason).map(([reason, count]) => `${count} ${reason}`)
  const most = Math.max(0, ...Object.values(summary.n24h))
  return [
    `${rows} rows: ${readings} readings, ${rejected} rejected${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}; ${forecasts} forecasts, ${scores} scores; ${wallSeconds} s, at most ${megabytes} MB`,
    `mean absolute error at +24 h over the whole run, ${most} forecast${most === 1 ? '' : 's'}:`,
    ...Object.entries(mae24h).map(([name, mae]) => {
      if (mae === null) return `  ${name.padEnd(16)} not settled yet`
      const skill = summary.skill24h[name] ?? null
      const gain = name === REFERENCE || skill === null ? '' : `  ${gainText(skill)}`
      const n = summary.n24h[name] ?? 0
      return `  ${name.padEnd(16)} ${mae.toFixed(3)} ${differenceUnit(unit)}${gain}${n === most ? '' : ` (over ${n} of them)`}`
    }),
  ]
}

/** `+12.3 % against persistence` */
export function gainText(skill: number): string {
  return `${skill >= 0 ? '+' : ''}${(100 * skill).toFixed(1)} % against persistence`
}
