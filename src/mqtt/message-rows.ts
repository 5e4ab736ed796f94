import type { Instant } from '../domain/instant.ts'
import type { Channel, Station } from '../domain/station.ts'
import { LONGEST_CELL } from '../ingest/cell.ts'
import { jsonTicks, malformedRow, messageTicks, type ReadRows } from '../ingest/json-ticks.ts'
import { isMatch } from './topics.ts'

/** Far more than any reading; a message beyond is refused unread. */
export const MOST_MESSAGE_BYTES = 64 * 1024

export interface MessageRowsOptions {
  readonly station: Station
  /** Of the station, those whose topic it is. */
  readonly channels: readonly Channel[]
  readonly topic: string
  /** Of messages that carry no time. */
  readonly now: Instant
  /** It came on the topic of the station's ticks, where channels stand by name or path as in a body. */
  readonly isTick: boolean
}

/** The channels of a station that a topic is mapped to. */
export function channelsOn(topic: string, { channels }: Station): readonly Channel[] {
  return channels.filter((channel) => channel.topic !== undefined && isMatch(channel.topic, topic))
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * What a message says of a station. JSON is read as everywhere, as far as the channels of its topic go; anything else is
 * the value of the one channel that has the topic to itself and names no path. An empty message lets go of a retained one
 * and says nothing.
 */
export function messageRows(payload: Uint8Array, options: MessageRowsOptions): ReadRows {
  const { station, channels, topic, now, isTick } = options
  if (payload.length === 0) return { rows: [], ignored: [] }
  const refused = (rule: string): ReadRows => ({
    rows: [malformedRow(topic.slice(0, 128), excerpt(payload), rule)],
    ignored: [],
  })
  if (payload.length > MOST_MESSAGE_BYTES)
    return refused(`at most ${MOST_MESSAGE_BYTES} bytes; it has ${payload.length}`)
  let text: string
  try {
    text = decoder.decode(payload).trim()
  } catch {
    return refused('text in UTF-8')
  }
  const isJson = /^[[{]/.test(text)
  const json = parsed(text)
  if (isJson) {
    if (json === undefined) return refused('JSON')
    return messageTicks(json, { station: { ...station, channels }, now, place: topic })
  }
  const [only] = channels
  if (isTick || only === undefined || channels.length > 1 || only.column !== only.name)
    return refused(objectRule(channels))
  const { where: _, ...channel } = only
  const value = typeof json === 'string' ? json : text
  return jsonTicks(
    { [only.name]: value },
    { station: { ...station, channels: [channel] }, now, place: topic },
  )
}

function objectRule(channels: readonly Channel[]): string {
  const places = channels.map(({ name, column }) => (name === column ? name : `${name} at ${column}`))
  return `a JSON object with ${places.join(', ') || 'values'}`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function excerpt(payload: Uint8Array): string {
  return Buffer.from(payload.subarray(0, LONGEST_CELL))
    .toString('utf8')
    .replace(/\p{Cc}/gu, '\u{fffd}')
}
