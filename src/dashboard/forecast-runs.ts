import { HOUR, type Instant } from '../domain/instant.ts'
import type { ForecastMessage } from '../protocol/forecast.ts'

/** One issued forecast as the page draws it. All arrays have one shape: [lead 24]. */
export interface Run {
  readonly issuedAt: Instant
  readonly model: string
  readonly weightsVersion: number
  readonly unit: string
  readonly validAt: readonly Instant[]
  readonly mean: readonly number[]
  /** By level as on the wire, `"0.05"` to `"0.95"`. */
  readonly quantiles: ReadonlyMap<string, readonly number[]>
  /** What each expert weighs in the mean. */
  readonly weights: ReadonlyMap<string, readonly number[]>
}

export function runOf(message: ForecastMessage): Run {
  const levels = Object.keys(message.leads[0]?.quantiles ?? {})
  return {
    issuedAt: Date.parse(message.issued_at),
    model: message.model,
    weightsVersion: message.weights_version,
    unit: message.unit,
    validAt: message.leads.map((lead) => Date.parse(lead.valid_time)),
    mean: message.leads.map((lead) => lead.mean),
    quantiles: new Map(
      levels.map((level) => [level, message.leads.map((lead) => lead.quantiles[level] ?? lead.mean)]),
    ),
    weights: new Map(Object.entries(message.weights ?? {})),
  }
}

/** Yesterday's run is looked for within this of a day ago; further off it is not 'yesterday's'. */
const NEAR_A_DAY = 3 * HOUR
const KEPT = 24 * HOUR + NEAR_A_DAY
/** A station that issues every minute must not fill the page's memory. */
const MOST_RUNS = 200

/** Runs of one session as one list, each issue time once, ascending, about a day of them. */
export function mergedRuns(runs: readonly Run[], others: readonly Run[]): readonly Run[] {
  const newest = runs.at(-1)
  const next = others[0]
  if (others.length === 1 && next && newest && next.issuedAt > newest.issuedAt) return kept([...runs, next])
  const byIssue = new Map<Instant, Run>()
  for (const run of runs) byIssue.set(run.issuedAt, run)
  for (const run of others) byIssue.set(run.issuedAt, run)
  return kept([...byIssue.values()].sort((a, b) => a.issuedAt - b.issuedAt))
}

function kept(ascending: readonly Run[]): readonly Run[] {
  const newest = ascending.at(-1)
  if (!newest) return ascending
  return ascending.filter((run) => run.issuedAt >= newest.issuedAt - KEPT).slice(-MOST_RUNS)
}

/** The newest run issued at or before `now`; a later one would be drawn apart from the observed line. */
export function currentRun(runs: readonly Run[], now: Instant): Run | undefined {
  return runs.findLast((run) => run.issuedAt <= now)
}

/** The run issued a day before another, as near as there is one. */
export function dayBefore(runs: readonly Run[], run: Run): Run | undefined {
  const wanted = run.issuedAt - 24 * HOUR
  let best: Run | undefined
  for (const candidate of runs) {
    const off = Math.abs(candidate.issuedAt - wanted)
    if (off <= NEAR_A_DAY && (!best || off < Math.abs(best.issuedAt - wanted))) best = candidate
  }
  return best
}
