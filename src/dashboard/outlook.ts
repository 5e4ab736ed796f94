import type { Instant } from '../domain/instant.ts'
import type { Run } from './forecast-runs.ts'

/** The leads that are read out as numbers. */
export const READ_LEADS = [1, 3, 6, 12, 24] as const

/** One line of the next hours: what is expected, and how wide the doubt is. */
export interface OutlookLine {
  readonly lead: number
  readonly validAt: Instant
  readonly mean: number
  readonly half: Interval | undefined
  readonly ninety: Interval | undefined
}

export interface Interval {
  readonly low: number
  readonly high: number
}

export function outlookLine(run: Run, lead: number): OutlookLine | undefined {
  const mean = run.mean[lead - 1]
  const validAt = run.validAt[lead - 1]
  if (mean === undefined || validAt === undefined) return undefined
  return {
    lead,
    validAt,
    mean,
    half: interval(run, lead, ['0.25', '0.75']),
    ninety: interval(run, lead, ['0.05', '0.95']),
  }
}

function interval(run: Run, lead: number, [low, high]: readonly [string, string]): Interval | undefined {
  const from = run.quantiles.get(low)?.[lead - 1]
  const to = run.quantiles.get(high)?.[lead - 1]
  return from === undefined || to === undefined ? undefined : { low: from, high: to }
}
