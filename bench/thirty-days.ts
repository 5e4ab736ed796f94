import { type Forecast, LEADS } from '../src/domain/forecast.ts'
import { DAY, type Instant } from '../src/domain/instant.ts'
import { outsideName } from '../src/domain/outside.ts'
import type { Station } from '../src/domain/station.ts'

/*
 * How many times the error of the best reference the published forecast's was, over every 30 days of issues, one such
 * window beginning with each day (UTC); each reference over the forecasts that both made.
 */

const DAYS = 30
/** That both have to have made at a lead, or on so many of its days at each lead of the mean: of fewer chance decides. */
const LEAST_FORECASTS = 240
const LEAST_DAYS = 20
/** Of each lead: own error, the reference's, how many. */
const COLUMNS = 3

/** Lead indices that are told, and the mean of all. */
export const TOLD_LEADS = [0, 5, 11, 23] as const
export const ALL_LEADS = 'all'
export type Told = (typeof TOLD_LEADS)[number] | typeof ALL_LEADS

/** Sums by day, counted from 1970, and reference. Shape of each: [lead 24][column]. */
export type DailyErrors = Map<number, Map<string, Float64Array>>

/** Shape of the truths: [lead 24]. */
export type ScoredForecast = Pick<Forecast, 'issuedAt' | 'mean' | 'models'> & { readonly truth: Float64Array }

export interface WorstWindow {
  /** Error of the published forecast over that of the best reference. */
  readonly ratio: number
  readonly from: Instant
  readonly reference: string
  /** How many windows there were, and how many with a ratio above 1.02. */
  readonly windows: number
  readonly above: number
}

export const ALLOWED = 1.02

/** Persistence, the same hour yesterday and a week ago, and each issuer as it is. */
export function referencesOf({ outside = [] }: Pick<Station, 'outside'>): readonly string[] {
  return [
    'persistence',
    'seasonal_naive',
    'weekly_naive',
    ...outside.map(({ issuer }) => outsideName(issuer)),
  ]
}

export function addForecasts(
  days: DailyErrors,
  scored: readonly ScoredForecast[],
  references: readonly string[],
): void {
  for (const { issuedAt, mean, models, truth } of scored) {
    const day = Math.floor(issuedAt / DAY)
    const ofDay = days.get(day) ?? new Map<string, Float64Array>()
    days.set(day, ofDay)
    for (const reference of references) {
      const said = models.get(reference)
      if (!said) continue
      const sums = ofDay.get(reference) ?? new Float64Array(LEADS * COLUMNS)
      ofDay.set(reference, sums)
      for (let lead = 0; lead < LEADS; lead++) {
        const theirs = Math.abs(said[lead]! - truth[lead]!)
        if (Number.isNaN(theirs)) continue
        sums[lead * COLUMNS]! += Math.abs(mean[lead]! - truth[lead]!)
        sums[lead * COLUMNS + 1]! += theirs
        sums[lead * COLUMNS + 2]! += 1
      }
    }
  }
}

/** The worst of the windows that begin within `from` and `until`; undefined where there is none. */
export function worstWindow(
  days: DailyErrors,
  {
    references,
    told,
    from = Number.NEGATIVE_INFINITY,
    until = Number.POSITIVE_INFINITY,
  }: {
    readonly references: readonly string[]
    readonly told: Told
    readonly from?: Instant
    readonly until?: Instant
  },
): WorstWindow | undefined {
  const [first, last] = [Math.min(...days.keys()), Math.max(...days.keys())]
  let worst: { ratio: number; from: Instant; reference: string } | undefined
  let [windows, above] = [0, 0]
  for (let day = Math.max(first, Math.floor(from / DAY)); day <= last - DAYS + 1; day++) {
    if (day * DAY > until) break
    const ratios = references.flatMap((reference) => {
      const ratio = ratioIn(days, { day, reference, told })
      return ratio === undefined ? [] : [{ ratio, reference }]
    })
    if (ratios.length === 0) continue
    const highest = ratios.reduce((one, other) => (other.ratio > one.ratio ? other : one))
    windows++
    if (highest.ratio > ALLOWED) above++
    if (!worst || highest.ratio > worst.ratio) worst = { ...highest, from: day * DAY }
  }
  return worst && { ...worst, windows, above }
}

function ratioIn(
  days: DailyErrors,
  { day, reference, told }: { readonly day: number; readonly reference: string; readonly told: Told },
): number | undefined {
  const sums = new Float64Array(LEADS * COLUMNS)
  const seen = new Uint8Array(LEADS)
  for (let one = day; one < day + DAYS; one++) {
    const ofDay = days.get(one)?.get(reference)
    if (!ofDay) continue
    for (let index = 0; index < sums.length; index++) sums[index]! += ofDay[index]!
    for (let lead = 0; lead < LEADS; lead++) seen[lead]! += ofDay[lead * COLUMNS + 2]! > 0 ? 1 : 0
  }
  const leads = told === ALL_LEADS ? Array.from({ length: LEADS }, (_, lead) => lead) : [told]
  const isEnough = (lead: number) =>
    told === ALL_LEADS ? seen[lead]! >= LEAST_DAYS : sums[lead * COLUMNS + 2]! >= LEAST_FORECASTS
  if (!leads.every(isEnough)) return undefined
  const mean = (column: number) =>
    leads.reduce((sum, lead) => sum + sums[lead * COLUMNS + column]! / sums[lead * COLUMNS + 2]!, 0)
  const theirs = mean(1)
  return theirs > 0 ? mean(0) / theirs : undefined
}
