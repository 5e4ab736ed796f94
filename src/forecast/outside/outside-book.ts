import { LEADS, validTime } from '../../domain/forecast.ts'
import { HOUR, type Instant } from '../../domain/instant.ts'
import { type OutsideForecast, TOGETHER } from '../../domain/outside.ts'
import type { Reading } from '../../domain/reading.ts'
import { weightedMean } from '../mean.ts'
import { combinationWeights, dayErrorOf, type LastDay } from './combination-weight.ts'
import { CORRECTION_COLUMNS, type IssuerOutlook, writeCorrectionRow } from './correction-columns.ts'
import { emptyRing, type HourlyRing, keepHour, meanSizeOfHours } from './hourly-ring.ts'
import { type OutsideRuns, valueAt, withoutPast, withRun } from './outside-runs.ts'

const WEEK_HOURS = 7 * 24

/** What is known of one issuer. Plain data. */
export interface IssuerState {
  runs: OutsideRuns
  /** That have come. */
  forecasts: number
  /** Times of the one that came last. */
  last:
    | { readonly issuedAt: Instant; readonly availableAt: Instant; readonly validUntil: Instant }
    | undefined
  /** How far the truths of the last days were from what had been forecast by then. */
  readonly errors: HourlyRing
}

/** All that came from outside of a station, as far as it is of use. Plain data. */
export interface OutsideState {
  /** By issuer, those that have sent something. */
  readonly issuers: Record<string, IssuerState>
  /** The same of the mean of those who had said something, by their weights then. */
  readonly errorsTogether: HourlyRing
  /** The target's measurements of the last days. */
  readonly truths: HourlyRing
}

/** What an issuer says of the hours to come, as known at an issue. Plain data. */
export interface OutsideColumns {
  /** NaN where it says nothing. Shape [lead 24]. */
  readonly mean: Float64Array
  /** What its error may depend on, of the leads of which it says something. Shape [lead 24][CORRECTION_COLUMNS]. */
  readonly rows: Float32Array
  /** As of `IssuerOutlook`; absent in what was kept before there was one. Shape [lead 24]. */
  readonly isOfNow?: Uint8Array
}

/** By issuer, those alone that say something of any of the next 24 hours, and where they are several by TOGETHER. */
export type OutsideNow = Readonly<Record<string, OutsideColumns>>

export function emptyBook(): OutsideState {
  return { issuers: {}, errorsTogether: emptyRing(), truths: emptyRing() }
}

export function takeIn(state: OutsideState, forecast: OutsideForecast): void {
  state.issuers[forecast.issuer] ??= { runs: [], forecasts: 0, last: undefined, errors: emptyRing() }
  const issuer = state.issuers[forecast.issuer]!
  const { issuedAt, availableAt, validAt } = forecast
  issuer.runs = withRun(issuer.runs, forecast)
  issuer.forecasts++
  issuer.last = { issuedAt, availableAt, validUntil: validAt.at(-1)! }
}

/** Each reading once, in order: sets what was forecast of its time beside it. What was not there by then does not count. */
export function observeTruth(state: OutsideState, { eventTime, values, bridged }: Reading, target: number) {
  const truth = values[target]!
  const isMeasured = !bridged && Number.isFinite(truth)
  if (isMeasured) keepHour(state.truths, eventTime, truth)
  const said: number[] = []
  const lastDays: LastDay[] = []
  for (const name of Object.keys(state.issuers).sort()) {
    const issuer = state.issuers[name]!
    const value = valueAt(issuer.runs, eventTime, eventTime - 1)
    issuer.runs = withoutPast(issuer.runs, eventTime)
    if (!isMeasured || !value) continue
    said.push(value.mean)
    lastDays.push({ dayError: dayErrorOf(issuer.errors, eventTime), issuedAt: value.issuedAt })
    keepHour(issuer.errors, eventTime, truth - value.mean)
  }
  if (said.length === 0) return
  keepHour(state.errorsTogether, eventTime, truth - weightedMean(said, combinationWeights(lastDays)))
}

/** What is there at an issue; undefined where it is nothing. */
export function outsideNow(
  { issuers, errorsTogether, truths }: OutsideState,
  issuedAt: Instant,
  current: number,
): OutsideNow | undefined {
  // Whoever came first: in what order they come is no reason for another forecast.
  const outlooks = Object.keys(issuers)
    .sort()
    .flatMap((name) => {
      const { runs, errors } = issuers[name]!
      const outlook = outlookOf(runs, errors, issuedAt)
      return outlook ? [[name, outlook] as const] : []
    })
  if (outlooks.length === 0) return undefined
  const all = outlooks.map(([, outlook]) => outlook)
  const columnsOf = (outlook: IssuerOutlook, others: readonly IssuerOutlook[]): OutsideColumns => {
    const rows = new Float32Array(LEADS * CORRECTION_COLUMNS)
    for (let lead = 0; lead < LEADS; lead++) {
      if (Number.isNaN(outlook.mean[lead]!)) continue
      const into = rows.subarray(lead * CORRECTION_COLUMNS, (lead + 1) * CORRECTION_COLUMNS)
      writeCorrectionRow(into, { outlook, others, truths, lead, issuedAt, current })
    }
    return { mean: outlook.mean, rows, isOfNow: outlook.isOfNow }
  }
  const now: Record<string, OutsideColumns> = {}
  for (const [name, outlook] of outlooks)
    now[name] = columnsOf(
      outlook,
      all.filter((other) => other !== outlook),
    )
  // How far the first is from the mean tells how they are apart.
  if (all.length > 1) now[TOGETHER] = columnsOf(meanOutlook(all, errorsTogether, issuedAt), all.slice(0, 1))
  return now
}

/** At each lead of those who say something of it, by their combination weights. */
function meanOutlook(all: readonly IssuerOutlook[], errors: HourlyRing, issuedAt: Instant): IssuerOutlook {
  const weights = combinationWeights(all)
  const issueTimes = all.map((each) => each.issuedAt)
  const areOfOneTime = new Set(issueTimes).size === 1
  const meanOf = (of: (each: IssuerOutlook) => number | undefined): number =>
    weightedMean(
      all.map((each) => of(each) ?? Number.NaN),
      weights,
    )
  const atLeads = (of: 'mean' | 'spread') =>
    Float64Array.from({ length: LEADS }, (_, lead) => meanOf((each) => each[of][lead]))
  return {
    mean: atLeads('mean'),
    spread: atLeads('spread'),
    isOfNow: Uint8Array.from({ length: LEADS }, (_, lead) =>
      Math.max(...all.map((each) => each.isOfNow[lead]!)),
    ),
    before: meanOf(({ before }) => before),
    after: meanOf(({ after }) => after),
    errors,
    usualError: usualErrorOf(errors, issuedAt),
    dayError: dayErrorOf(errors, issuedAt),
    issuedAt: areOfOneTime ? issueTimes[0]! : Number.NaN,
  }
}

/** Undefined where it says nothing of the next 24 hours. */
function outlookOf(runs: OutsideRuns, errors: HourlyRing, issuedAt: Instant): IssuerOutlook | undefined {
  const mean = new Float64Array(LEADS).fill(Number.NaN)
  const spread = new Float64Array(LEADS).fill(Number.NaN)
  const isOfNow = new Uint8Array(LEADS)
  const now = valueAt(runs, issuedAt, issuedAt)
  let first: Instant | undefined
  for (let lead = 0; lead < LEADS; lead++) {
    const value = valueAt(runs, validTime(issuedAt, lead), issuedAt)
    if (!value) continue
    first ??= value.issuedAt
    mean[lead] = value.mean
    spread[lead] = value.spread
    isOfNow[lead] = value.issuedAt === now?.issuedAt ? 1 : 0
  }
  if (mean.every(Number.isNaN)) return undefined
  const after = valueAt(runs, issuedAt + (LEADS + 1) * HOUR, issuedAt)
  return {
    mean,
    spread,
    isOfNow,
    before: now?.mean,
    after: after?.mean,
    errors,
    usualError: usualErrorOf(errors, issuedAt),
    dayError: dayErrorOf(errors, issuedAt),
    issuedAt: first ?? Number.NaN,
  }
}

function usualErrorOf(errors: HourlyRing, issuedAt: Instant): number {
  return meanSizeOfHours(errors, issuedAt, WEEK_HOURS)
}
