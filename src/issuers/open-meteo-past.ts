import type { OpenMeteoIssuer } from '../domain/asked-issuer.ts'
import type { Clock } from '../domain/clock.ts'
import { DAY, formatInstant, HOUR, type Instant, SECOND, type Span } from '../domain/instant.ts'
import { type AskContext, askJson } from './ask-json.ts'
import type { AskedOf } from './issuer.ts'
import { openMeteoUrl, readAnswer } from './open-meteo.ts'

/** What could be had at a time of what is to come. */
export interface PastForecast {
  /** No value of it stems from a run that has begun later. */
  readonly issuedAt: Instant
  readonly availableAt: Instant
  readonly leads: readonly { readonly validAt: Instant; readonly mean: number }[]
}

export interface PastOptions extends AskContext {
  readonly from: Instant
  readonly to: Instant
  readonly clock: Clock
}

/** Days of one request; and from one to the next a moment, for it counts requests by the minute. */
const DAYS_A_REQUEST = 60
const PAUSE: Span = SECOND
/** From one forecast to the next, as models run; each reaches so far. */
const STEP: Span = 3 * HOUR
const REACH: Span = 30 * HOUR

/**
 * What Open-Meteo's archive of previous runs says was forecast of the past, by rising availability. The archive has for
 * each hour what was predicted 24, 48, ... hours before (`temperature_2m_previous_day1`), and nothing between. A run that
 * had begun 24 hours before an hour could be had `delay` later: so at a time only what was predicted that long before is
 * taken, the newest of it. The archive of historical forecasts is of no use here: it has the first hours of each run
 * joined together, which nobody could have had a day ahead.
 */
export async function* pastForecasts(
  of: AskedOf<OpenMeteoIssuer>,
  options: PastOptions,
): AsyncGenerator<PastForecast, void, undefined> {
  const { delay } = of.asked
  const { from, to, clock, signal } = options
  let first = Math.ceil(from / STEP) * STEP
  while (first < to && !signal?.aborted) {
    const end = Math.min(to, first + DAYS_A_REQUEST * DAY)
    const said = await predicted(of, { ...options, from: first, to: end + REACH })
    for (let now = first; now < end; now += STEP) {
      const leads = leadsAt(now, said, delay)
      if (leads.length > 0) yield { issuedAt: now - delay, availableAt: now, leads }
      first = now + STEP
    }
    if (first < to) await clock.sleep(PAUSE, signal)
  }
}

/** By hour; shape [day ahead - 1], NaN where nothing is known. */
type Predicted = ReadonlyMap<Instant, readonly number[]>

/** Of the hours after `now`, the newest that could be had by then. */
function leadsAt(now: Instant, said: Predicted, delay: Span): PastForecast['leads'] {
  const leads: { validAt: Instant; mean: number }[] = []
  for (let validAt = now + HOUR; validAt <= now + REACH; validAt += HOUR) {
    const day = Math.ceil((validAt - now + delay) / DAY)
    const mean = said
      .get(validAt)
      ?.slice(day - 1)
      .find((value) => !Number.isNaN(value))
    if (mean !== undefined) leads.push({ validAt, mean })
  }
  return leads
}

async function predicted(
  { asked, unit }: AskedOf<OpenMeteoIssuer>,
  { from, to, ...context }: PastOptions,
): Promise<Predicted> {
  const days = Math.ceil((REACH + asked.delay) / DAY)
  const hourly = Array.from({ length: days }, (_, index) => `${asked.variable}_previous_day${index + 1}`)
  const url = openMeteoUrl(asked, { base: asked.pastUrl, unit, hourly })
  url.searchParams.set('start_date', dateOf(from))
  url.searchParams.set('end_date', dateOf(to))
  const answer = readAnswer(await askJson({ url }, context), { asked, unit, hourly })
  const said = new Map<Instant, number[]>()
  for (const [day, variable] of hourly.entries())
    for (const { validAt, mean } of answer.points(variable)) {
      if (!said.has(validAt)) said.set(validAt, Array(days).fill(Number.NaN))
      said.get(validAt)![day] = mean
    }
  return said
}

function dateOf(time: Instant): string {
  return formatInstant(time).slice(0, 10)
}
