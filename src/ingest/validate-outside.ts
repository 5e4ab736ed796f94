import { aheadAllowed } from '../domain/clock-skew.ts'
import { formatInstant, HOUR, type Instant, parseInstant } from '../domain/instant.ts'
import type { OutsideForecast } from '../domain/outside.ts'
import type { Rejection } from '../domain/reading.ts'
import { type Station, targetChannel } from '../domain/station.ts'
import type { OutsideMessage } from '../protocol/outside.ts'
import { limitsRule } from './validate.ts'

export type OutsideVerdict =
  | { readonly ok: true; readonly forecast: OutsideForecast }
  | { readonly ok: false; readonly rejection: Rejection }

/**
 * A message that fits its schema becomes a forecast or a named rejection. `ingestTime`: when it came in. A clock of the
 * issuer may be ahead of ours by as much as that of a sensor: the forecast is known from its own time on, then.
 */
export function validateOutside(
  station: Station,
  message: OutsideMessage,
  ingestTime: Instant,
): OutsideVerdict {
  const { outside = [], target } = station
  const { issuer, quantity, issued_at, available_at, leads } = message
  if (!outside.some((known) => known.issuer === issuer)) {
    const names = [...new Set(outside.map((known) => known.issuer))].join(', ')
    const rule = names
      ? `one of ${names}: those that the station file names under outside`
      : 'an issuer that the station file names under outside; it names none'
    return refused('issuer', issuer, rule, 'unknown_field')
  }
  const known = outside.flatMap((one) => (one.issuer === issuer ? [one.quantity ?? target] : []))
  const of = quantity ?? target
  if (!known.includes(of)) {
    const rule = `one of ${known.join(', ')}: those that the station file names with ${issuer}`
    return refused('quantity', quantity ?? null, rule, 'unknown_field')
  }
  const issuedAt = parseInstant(issued_at)
  if (issuedAt === undefined) return refused('issued_at', issued_at, A_TIME)
  const came =
    issuedAt - ingestTime <= aheadAllowed(station.cadence) ? Math.max(ingestTime, issuedAt) : ingestTime
  const availableAt = available_at === undefined ? came : parseInstant(available_at)
  if (availableAt === undefined) return refused('available_at', available_at ?? '', A_TIME)
  if (availableAt < issuedAt) {
    const [field, value] =
      available_at === undefined
        ? (['issued_at', issued_at] as const)
        : (['available_at', available_at] as const)
    const rule = available_at === undefined ? 'not after the forecast has come in' : 'not before issued_at'
    return refused(field, value, rule, available_at === undefined ? 'future' : 'malformed')
  }
  const unordered = leads.findIndex((lead, at) => at > 0 && lead.lead_hours <= leads[at - 1]!.lead_hours)
  if (unordered > 0) {
    const { lead_hours } = leads[unordered]!
    return refused(
      `leads.${unordered}.lead_hours`,
      lead_hours,
      `above ${leads[unordered - 1]!.lead_hours}, that of the lead before`,
    )
  }
  for (const [at, { quantiles }] of leads.entries()) {
    const twice = sorted(quantiles).find(
      ({ level }, place, all) => Number(level) === Number(all[place - 1]?.level),
    )
    if (twice) return refused(`leads.${at}.quantiles.${twice.level}`, twice.value, 'each level once')
    const falling = firstFalling(quantiles)
    if (falling === undefined) continue
    const { level, value, before } = falling
    const rule = `at least ${before.value}, that of ${before.level}: quantiles rise with their levels`
    return refused(`leads.${at}.quantiles.${level}`, value, rule)
  }
  const lastValidAt = Math.round(issuedAt + leads.at(-1)!.lead_hours * HOUR)
  if (available_at !== undefined && availableAt >= lastValidAt) {
    const rule = `before ${formatInstant(lastValidAt)}, the last time that it is of`
    return refused('available_at', available_at, rule, 'late')
  }
  const channel = targetChannel(station)
  const { min, max } = channel.limits
  if (of === target && leads.every(({ mean }) => mean < min || mean > max)) {
    const rule = `${limitsRule(channel)} at one lead at least: is it in another unit?`
    return refused('leads.0.mean', leads[0]!.mean, rule, 'out_of_limits')
  }
  return {
    ok: true,
    forecast: {
      ...{ issuer, issuedAt, availableAt, ...(of !== target && { quantity: of }) },
      validAt: Float64Array.from(leads, ({ lead_hours }) => Math.round(issuedAt + lead_hours * HOUR)),
      mean: Float64Array.from(leads, ({ mean }) => mean),
      spread: Float64Array.from(leads, ({ quantiles }) => spreadOf(quantiles)),
    },
  }
}

const A_TIME = 'a time with its zone such as 2026-03-01T05:00:00Z'

type Quantiles = OutsideMessage['leads'][number]['quantiles']

interface Quantile {
  readonly level: string
  readonly value: number
}

function sorted(quantiles: Quantiles): readonly Quantile[] {
  return Object.entries(quantiles ?? {})
    .map(([level, value]) => ({ level, value }))
    .sort((one, other) => Number(one.level) - Number(other.level))
}

function firstFalling(quantiles: Quantiles): (Quantile & { readonly before: Quantile }) | undefined {
  const levels = sorted(quantiles)
  const at = levels.findIndex(({ value }, place) => place > 0 && value < levels[place - 1]!.value)
  return at < 0 ? undefined : { ...levels[at]!, before: levels[at - 1]! }
}

function spreadOf(quantiles: Quantiles): number {
  const levels = sorted(quantiles)
  return levels.length > 1 ? levels.at(-1)!.value - levels[0]!.value : Number.NaN
}

function refused(
  field: string,
  value: Rejection['value'],
  rule: string,
  reason: Rejection['reason'] = 'malformed',
): OutsideVerdict {
  return { ok: false, rejection: { field: `outside.${field}`, value, rule, reason } }
}
