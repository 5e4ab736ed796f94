import { z } from 'zod'
import { type Instant, parseInstant, SECOND } from '../domain/instant.ts'
import { type OutsideIssuer, type Station, targetChannel } from '../domain/station.ts'
import { meantBy } from '../ingest/asked-issuer.ts'
import { isRecord } from '../ingest/json-path.ts'
import { malformedRow } from '../ingest/json-ticks.ts'
import {
  forecastOf,
  homeAssistantPoints,
  homeAssistantUnit,
  type Problem,
  UNIT_KEYS,
  unitProblem,
} from '../ingest/outside-points.ts'
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
  const holder = holderIn(json)
  const told = { ...(isRecord(json) && json), ...holder }
  const isAlone = issuers.length === 1
  const meant = meantBy(issuer, targetChannel(station))
  const named = isAlone ? told['attribute'] : undefined
  const attribute = typeof named === 'string' ? named : plainVariable(meant)?.homeAssistant
  if (attribute === undefined)
    return { problem: `attribute, which of its values '${meant.name}' in '${meant.unit}' is` }
  const from = `${attribute} on ${topic}`
  const points = homeAssistantPoints(Array.isArray(json) ? json : holder?.['forecast'], { attribute, from })
  if ('problem' in points) return points
  const own = isAlone ? told['unit'] : undefined
  const unit = typeof own === 'string' ? own : homeAssistantUnit(attribute, told)
  const wrong =
    unit === undefined && meant.unit !== ''
      ? noUnit(attribute, { isAlone, wanted: meant.unit })
      : unitProblem(unit, { unit: meant.unit, from })
  if (wrong) return wrong
  const issuedAt = Math.floor(now / SECOND) * SECOND
  const { issuer: name, quantity } = issuer
  return forecastOf(points, { issuer: name, quantity, issuedAt, availableAt: now, from })
}

/** What has the list under `forecast`: the message itself, or in it the one entity that was asked for. */
function holderIn(json: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!isRecord(json)) return undefined
  if ('forecast' in json) return json
  const [entity, ...more] = Object.values(json).filter(isRecord)
  return more.length === 0 ? entity : undefined
}

/** A forecast in degF, taken for one in degC, would be wrong and look right. */
function noUnit(
  attribute: string,
  { isAlone, wanted }: { readonly isAlone: boolean; readonly wanted: string },
): Problem {
  const key = UNIT_KEYS[attribute]
  const keys = [...(isAlone ? ['unit'] : []), ...(key === undefined ? [] : [key])].join(' or ')
  return {
    problem: `${keys} beside the list, which says what ${attribute} is in, and is '${wanted}': weather.get_forecasts names no unit`,
  }
}

function rowOf(outside: OutsideMessage, { topic, now }: OutsideRowsOptions): RawRow {
  return { place: topic, eventTime: parseInstant(outside.issued_at) ?? now, values: {}, outside }
}

const LONGEST_EXCERPT = 64

function refused(text: string, rule: string, { topic }: OutsideRowsOptions): RawRow {
  const excerpt = text.slice(0, LONGEST_EXCERPT).replace(/\p{Cc}/gu, '\u{fffd}')
  return malformedRow(topic.slice(0, 128), excerpt, rule)
}
