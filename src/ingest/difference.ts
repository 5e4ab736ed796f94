import { formatInstant, formatSpan, type Instant, parseSpan, type Span } from '../domain/instant.ts'
import type { Reading, Rejection } from '../domain/reading.ts'
import type { Channel } from '../domain/station.ts'
import type { Arrival } from './arrival.ts'
import { limitsRule } from './validate.ts'

/** Where the counters of a station stood. Plain data. Shape [channel]; NaN before the first. */
export interface Counters {
  readonly counts: Float64Array
  readonly at: Float64Array
}

export interface Differencing {
  initial(): Counters
  /** A reading with the increase of each counter in place of its count; rejected where that leaves nothing. */
  step(counters: Counters, reading: Reading): Arrival
}

/** Undefined where no channel is a counter. Readings come in order of event time. */
export function differences(channels: readonly Channel[], cadence: Span): Differencing | undefined {
  const rules = channels.flatMap((channel, place) => {
    const { difference } = channel
    if (difference === undefined) return []
    const per = difference.per === undefined ? undefined : parseSpan(difference.per)
    return [{ channel, place, difference, per }]
  })
  if (rules.length === 0) return undefined
  return {
    initial: () => ({
      counts: new Float64Array(channels.length).fill(Number.NaN),
      at: new Float64Array(channels.length).fill(Number.NaN),
    }),
    step(counters, reading) {
      const values = Float64Array.from(reading.values)
      let fault: Rejection | undefined
      for (const { channel, place, per } of rules) {
        const count = values[place]!
        if (Number.isNaN(count)) continue
        const before = { count: counters.counts[place]!, at: counters.at[place]! }
        counters.counts[place] = count
        counters.at[place] = reading.eventTime
        const found = increase(channel, { before, count, at: reading.eventTime, cadence, per })
        values[place] = typeof found === 'number' ? found : Number.NaN
        if (typeof found !== 'number') fault ??= found
      }
      return fault && values.every(Number.isNaN)
        ? { kind: 'rejected', reading, rejection: fault }
        : { kind: 'reading', reading: { ...reading, values } }
    },
  }
}

interface Step {
  readonly before: { readonly count: number; readonly at: Instant }
  readonly count: number
  readonly at: Instant
  readonly cadence: Span
  readonly per: Span | undefined
}

/** What a counter has grown by since it was read last, or why that is not known. */
function increase(channel: Channel, { before, count, at, cadence, per }: Step): number | Rejection {
  const { name, limits, difference = {} } = channel
  const unknown = (rule: string): Rejection => ({ field: name, value: count, rule, reason: 'no_difference' })
  if (Number.isNaN(before.count))
    return unknown('a count behind another one: of the first no difference is known')
  const span = at - before.at
  const since = formatInstant(before.at)
  if (per === undefined && span > 1.5 * cadence)
    return unknown(
      `a count at most 1.5 times the cadence of ${formatSpan(cadence)} behind another one, and the last was at ${since}; difference: { per: ${formatSpan(cadence)} } spreads it`,
    )
  const factor = per === undefined ? 1 : per / span
  const isWithin = (grown: number) => grown * factor >= limits.min && grown * factor <= limits.max
  const grown = count - before.count
  if (grown >= 0 || isWithin(grown)) {
    if (isWithin(grown)) return rounded(grown * factor)
    return { field: name, value: rounded(grown * factor), rule: limitsRule(channel), reason: 'out_of_limits' }
  }
  const { overflow, reset = 'unknown' } = difference
  if (overflow !== undefined && before.count <= overflow && isWithin(grown + overflow))
    return rounded((grown + overflow) * factor)
  if (reset === 'zero' && isWithin(count)) return rounded(count * factor)
  return unknown(
    `a count that has grown; at ${since} it was ${before.count}, and what came between is not known (difference: { overflow: N } or { reset: zero })`,
  )
}

/** A difference of two decimal numbers is one again. */
function rounded(value: number): number {
  return Number(value.toPrecision(12))
}
