import type { z } from 'zod'
import { formatInstant, type Instant } from '../domain/instant.ts'
import { announcedStationSchema } from '../ingest/station-schema.ts'
import { forecastSchema } from '../protocol/forecast.ts'
import type { MessageOf } from '../protocol/message-of.ts'
import { publishedOutsideSchema } from '../protocol/published-outside.ts'
import { readingSchema } from '../protocol/reading.ts'
import { rejectedSchema } from '../protocol/rejected.ts'
import { firstIssue, offender, ruleOf, shown } from '../protocol/schema-issue.ts'
import { scoreSchema, verificationSchema } from '../protocol/scores.ts'
import { statusSchema } from '../protocol/status.ts'
import { tickSchema } from '../protocol/tick.ts'
import { STATION_ID, type Topic } from '../protocol/topics.ts'
import { wrongTime } from './wrong-time.ts'

/** A message as a server stored it, not validated. */
export interface Stored {
  readonly subject: string
  readonly data: Uint8Array
  /** Its place in its stream, from 1. */
  readonly sequence: number
  /** When the server took it in. */
  readonly storedAt: Instant
}

/** A message that does not fit the schema of its topic; anyone may publish to a subject. */
export interface Invalid {
  readonly station: string
  readonly topic: Topic
  /** Its place: `nats/<stream sequence>`. */
  readonly id: string
  /** Where it breaks the rule: `values.T (degC)`, empty for the whole. */
  readonly field: string
  /** What stands there, as JSON, shortened; undefined for the whole. */
  readonly value?: string | undefined
  readonly rule: string
  /** Its beginning, at most 200 characters. */
  readonly text: string
}

export type Decoded<T extends Topic> =
  | { readonly station: string; readonly message: MessageOf[T] }
  | { readonly invalid: Invalid }

/** Far above any message of ours, a quarter of what a NATS server lets through by default. */
export const MAX_MESSAGE_BYTES = 256 * 1024

const SCHEMAS: { readonly [T in Topic]: z.ZodType<MessageOf[T]> } = {
  station: announcedStationSchema,
  tick: tickSchema,
  reading: readingSchema,
  forecast: forecastSchema,
  score: scoreSchema,
  outside: publishedOutsideSchema,
  verification: verificationSchema,
  status: statusSchema,
  rejected: rejectedSchema,
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Checks a stored message against the schema of its topic, and its times against the server's clock. A tick's
 * `ingest_time` is the moment at which the server took it in, whatever the sender says of it, and so the same for every
 * reader. One without `id` and `ingest_time` comes from a sensor, a bridge or a script, and goes on as it was written, for
 * whoever knows the station to read; its `id` is its place in the stream.
 */
export function decode<T extends Topic>(topic: T, stored: Stored): Decoded<T> {
  const station = stored.subject.split('.')[2] ?? ''
  const id = `nats/${stored.sequence}`
  const reject = (field: string, rule: string, value?: string): Decoded<T> => ({
    invalid: { station, topic, id, field, value, rule, text: excerpt(stored.data) },
  })
  if (!STATION_ID.test(station)) {
    return reject('station', 'an id of lower-case letters, digits, - and _, at most 64')
  }
  if (stored.data.length > MAX_MESSAGE_BYTES) {
    return reject('', `at most ${MAX_MESSAGE_BYTES} bytes; it has ${stored.data.length}`)
  }
  let json: unknown
  try {
    json = JSON.parse(decoder.decode(stored.data))
  } catch {
    return reject('', 'JSON in UTF-8')
  }
  const ingestTime = formatInstant(stored.storedAt)
  if (topic === 'tick' && !isRead(json)) {
    const tick: MessageOf['tick'] = { id, event_time: '', ingest_time: ingestTime, values: {}, unread: json }
    return { station, message: tick as MessageOf[T] }
  }
  const stray = topic === 'tick' && !isOurs(json) ? strayIn(json) : undefined
  if (stray) return reject(stray.field, stray.rule, shown(stray.value))
  const filled =
    topic === 'tick'
      ? { id, ...(isOfOthers(json) && NO_READING), ...object(json), ingest_time: ingestTime }
      : json
  const parsed = SCHEMAS[topic].safeParse(filled)
  if (!parsed.success) {
    const issue = firstIssue(parsed.error)
    if (issue === undefined) return reject('', 'the schema of its topic')
    const { path, value } = offender(issue, json)
    return reject(path.join('.'), ruleOf(issue), path.length > 0 ? shown(value) : undefined)
  }
  const named = 'cadence_seconds' in parsed.data ? parsed.data.id : station
  if (named !== station) return reject('id', `that of its subject, '${station}'`, shown(named))
  const wrong = wrongTime(topic, parsed.data, stored.storedAt)
  return wrong ? reject(wrong.field, wrong.rule, wrong.value) : { station, message: parsed.data }
}

export function describeInvalid({ station, topic, id, field, value, rule, text }: Invalid): string {
  const where = field ? `${field}: ` : ''
  const broken = value === undefined ? rule : `${value} breaks the rule: ${rule}`
  return `${id} is no ${topic} of station '${station}': ${where}${broken}; it begins ${JSON.stringify(text)}`
}

/** A forecast from outside, or a neighbour's reading, need not say that it is no reading of the station's. */
const NO_READING = { event_time: '', values: {} }

/** Whether a tick was read by the station file already, as those of ours are and those of a tape, or is none. */
const isRead = (json: unknown): boolean => isOfOthers(json) || isOurs(json)

const isOurs = (json: unknown): boolean =>
  ('id' in object(json) && 'ingest_time' in object(json)) || 'replay' in object(json)

const isOfOthers = (json: unknown): boolean => kindOfOthers(json) !== undefined

/** Of a device that calls a temperature `outside` it has no issuer, and of one with a `neighbour` no station. */
function kindOfOthers(json: unknown): 'outside' | 'neighbour' | undefined {
  if ('issuer' in object(Reflect.get(object(json), 'outside'))) return 'outside'
  return 'station' in object(Reflect.get(object(json), 'neighbour')) ? 'neighbour' : undefined
}

/** What stands beside what others say, and would be lost: a measurement, most likely. Undefined where nothing does. */
function strayIn(json: unknown): { field: string; value: unknown; rule: string } | undefined {
  const kind = kindOfOthers(json)
  if (kind === undefined) return undefined
  const { values, ...rest } = { ...object(json) } as Readonly<Record<string, unknown>>
  const beside = Object.entries(rest).find(([key]) => key !== kind && !OF_ANY_TICK.has(key))
  const within = Object.entries(object(values)).map(([key, value]) => [`values.${key}`, value] as const)[0]
  const [field, value] = beside ?? within ?? []
  if (field === undefined) return undefined
  return { field, value, rule: `nothing beside ${kind}: what the station measures is a message of its own` }
}

const OF_ANY_TICK: ReadonlySet<string> = new Set(['id', 'event_time', 'ingest_time'])

const object = (json: unknown): object => (typeof json === 'object' && json !== null ? json : {})

export function encodeJson(message: object): Uint8Array {
  return Buffer.from(JSON.stringify(message))
}

function excerpt(data: Uint8Array): string {
  return Buffer.from(data.subarray(0, 200)).toString('utf8')
}
