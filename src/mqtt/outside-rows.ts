import { z } from 'zod'
import { type Instant, parseInstant, SECOND } from '../domain/instant.ts'
import { type OutsideIssuer, type Station, targetChannel } from '../domain/station.ts'
import { meantBy } from '../ingest/asked-issuer.ts'
import { isRecord } from '../ingest/json-path.ts'
import { malformedRow } from '../ingest/json-ticks.ts'
import { forecastOf, homeAssistantPoints, type Problem, unitProblem } from '../ingest/outside-points.ts'
import { plainVariable } from '../ingest/plain-variable.ts'
import type { RawRow } from '../ingest/raw-row.ts'
import { type OutsideMessage, outsideSchema } from '../protocol/outside.ts'
import { issueText } from '../protocol/schema-issue.ts'

export interface OutsideRowsOptions {
  readonly station: Station
  /** Of the station, those whose topic it is. */
  readonly issuers: readonly OutsideIssuer[]
  readonly topic: string
  /** When it came: when it was issued, too, where it does not say. */
  readonly now: Instant
}

/** The issuers of a station that have a topic. */
export function issuersOn(topic: string, { outside = [] }: Station): readonly OutsideIssuer[] {
  return outside.filter((issuer) => issuer.topic === topic)
}

/**
 * What a message says that others have forecast: in the form of a body of `POST .../forecasts`, one or several, whose
 * issuer may be left out; or Home Assistant's hourly forecast, as `weather.get_forecasts` gives it, alone or with what it is.
 */
export function outsideRows(payload: Uint8Array, options: OutsideRowsOptions): readonly RawRow[] {
  if (payload.length === 0) return []
  const text = Buffer.from(payload).toString('utf8')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return [refused(text, 'JSON', options)]
  }
  const list = Array.isArray(json) ? json : [json]
  if (list.some((one) => isRecord(one) && 'leads' in one)) return posted(list, text, options)
  return options.issuers.map((issuer) => {
    const read = homeAssistantForecast(json, issuer, options)
    if ('problem' in read) return refused(text, `a forecast: ${read.problem}`, options)
    return { ...rowOf(read, options), isTimeless: true }
  })
}

function posted(list: readonly unknown[], text: string, options: OutsideRowsOptions): readonly RawRow[] {
  const [only, ...others] = new Set(options.issuers.map(({ issuer }) => issuer))
  const given = list.map((one) =>
    isRecord(one) && others.length === 0 && one['issuer'] === undefined ? { issuer: only, ...one } : one,
  )
  const read = z.array(outsideSchema).safeParse(given)
  if (!read.success)
    return [refused(text, `forecasts as they are posted: ${issueText(read.error, given)}`, options)]
  return read.data.map((outside) => rowOf(outside, options))
}

function homeAssistantForecast(
  json: unknown,
  issuer: OutsideIssuer,
  { station, issuers, topic, now }: OutsideRowsOptions,
): OutsideMessage | Problem {
  const told = isRecord(json) ? json : {}
  const meant = meantBy(issuer, targetChannel(station))
  const named = issuers.length === 1 ? told['attribute'] : undefined
  const attribute = typeof named === 'string' ? named : plainVariable(meant)?.homeAssistant
  if (attribute === undefined)
    return { problem: `attribute, which of its values '${meant.name}' in '${meant.unit}' is` }
  const from = `${attribute} on ${topic}`
  const unit = issuers.length === 1 ? told['unit'] : undefined
  const other = unitProblem(typeof unit === 'string' ? unit : undefined, { unit: meant.unit, from })
  if (other) return other
  const points = homeAssistantPoints(listIn(json), { attribute, from })
  if ('problem' in points) return points
  const issuedAt = Math.floor(now / SECOND) * SECOND
  const { issuer: name, quantity } = issuer
  return forecastOf(points, { issuer: name, quantity, issuedAt, availableAt: now, from })
}

/** The list itself, or it under `forecast`, or that under the one entity that was asked for. */
function listIn(json: unknown): unknown {
  if (!isRecord(json)) return json
  if ('forecast' in json) return json['forecast']
  const [entity, ...more] = Object.values(json)
  return more.length === 0 && isRecord(entity) ? entity['forecast'] : undefined
}

function rowOf(outside: OutsideMessage, { topic, now }: OutsideRowsOptions): RawRow {
  return { place: topic, eventTime: parseInstant(outside.issued_at) ?? now, values: {}, outside }
}

const LONGEST_EXCERPT = 64

function refused(text: string, rule: string, { topic }: OutsideRowsOptions): RawRow {
  const excerpt = text.slice(0, LONGEST_EXCERPT).replace(/\p{Cc}/gu, '\u{fffd}')
  return malformedRow(topic.slice(0, 128), excerpt, rule)
}
