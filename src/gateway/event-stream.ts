import type { ServerResponse } from 'node:http'
import { CLOSE_CODES } from '../protocol/codes.ts'
import type { ClientTopic } from '../protocol/topics.ts'
import { eventId, type Position } from './event-id.ts'
import type { GatewayLimits } from './limits.ts'
import type { GatewayMetrics } from './metrics.ts'
import { SendQueue } from './send-queue.ts'
import { missedSince } from './session.ts'
import type { CachedStation, StationCache } from './station-cache.ts'
import type { LogEntry, TopicLog } from './station-log.ts'

export interface EventStreamOptions {
  /** Its head is written; nothing is in its body yet. */
  readonly response: ServerResponse
  readonly station: CachedStation
  readonly topics: readonly ClientTopic[]
  /** Where the client stood; undefined where it begins. */
  readonly from: Position | undefined
  readonly cache: StationCache
  readonly limits: GatewayLimits
  readonly metrics: GatewayMetrics
  readonly onClosed: () => void
}

/** How soon what waits is looked at again. */
const FLUSH_MS = 20

/**
 * One client that reads topics as server-sent events: the pushes of the WebSocket, its pace, and its promise that what is
 * resumed is complete or says what is missing.
 */
export class EventStream {
  readonly #options: EventStreamOptions
  readonly #queue: SendQueue
  /** Of what was sent last, by topic. */
  readonly #offsets: Record<string, number>
  #flush: NodeJS.Timeout | undefined
  #heardAt = performance.now()
  #slowSince: number | undefined

  constructor(options: EventStreamOptions) {
    const { response, station, topics, cache, limits, metrics } = options
    this.#options = options
    this.#offsets = Object.fromEntries(topics.map((topic) => [topic, beforeNewest(station.logs[topic])]))
    this.#queue = new SendQueue({
      sink: {
        get bufferedAmount() {
          return response.writableLength
        },
        send: (frame, entry) => this.#push(frame, entry),
      },
      limits,
      clock: () => performance.now(),
      onWaiting: () => {
        this.#flush = setTimeout(() => this.#queue.flush(), FLUSH_MS)
      },
      onPush: ({ topic }) => metrics.pushed(topic),
      onConflated: ({ topic }) => metrics.conflated(topic),
    })
    response.once('close', () => this.#end())
    response.on('error', () => undefined)
    this.#begin()
    for (const topic of topics) {
      cache.follow(station.id, topic, this.#queue.topicQueue(station.id, topic).offer)
    }
  }

  /** To be called about once a second: keeps the line open, and ends one that does not drain. */
  beat(): void {
    const { limits, response } = this.#options
    const now = performance.now()
    this.#slowSince = this.#queue.congested() ? (this.#slowSince ?? now) : undefined
    if (this.#slowSince !== undefined && now - this.#slowSince > limits.slowSeconds * 1_000) {
      response.destroy()
      return
    }
    if (now - this.#heardAt < limits.pingSeconds * 1_000) return
    this.#write(':\n\n')
  }

  /** Announces a planned end, then ends. */
  goAway(reason: string): void {
    this.#write(event('closing', { code: CLOSE_CODES.going_away, reason }))
    this.#options.response.end()
  }

  #begin(): void {
    const { station, topics, from, cache } = this.#options
    const view = { epoch: cache.epoch, roomBytes: () => this.#queue.roomBytes() }
    const missed = from && missedSince(from, { station, topics, view })
    const gone = from && !missed ? { missed: this.#missing(from) } : {}
    const recovered = from && { recovered: missed !== undefined }
    const offsets = Object.fromEntries(topics.map((topic) => [topic, station.logs[topic].offset]))
    if (missed) Object.assign(this.#offsets, from?.offsets)
    this.#write(event('subscribed', { epoch: cache.epoch, offsets, ...recovered, ...gone }))
    if (missed) {
      for (const entry of missed) this.#queue.topicQueue(station.id, entry.topic).catchUp(entry)
      return
    }
    for (const topic of topics) {
      const { newest } = station.logs[topic]
      if (newest) this.#queue.topicQueue(station.id, topic).snapshot(newest)
    }
  }

  /** How many messages of each topic cannot be had again; null where another process counted, and nobody knows. */
  #missing({ epoch, offsets }: Position): Record<string, number> | null {
    const { cache, station, topics } = this.#options
    if (epoch !== cache.epoch) return null
    // The newest comes as a snapshot.
    return Object.fromEntries(
      topics.map((topic) => {
        return [topic, Math.max(0, station.logs[topic].offset - (offsets[topic] ?? 0) - 1)]
      }),
    )
  }

  #push(frame: Buffer, { topic, offset }: LogEntry): void {
    this.#offsets[topic] = offset
    const id = eventId({ epoch: this.#options.cache.epoch, offsets: this.#offsets })
    this.#write(`event: ${topic}\nid: ${id}\ndata: ${frame.toString()}\n\n`)
  }

  #write(text: string): void {
    this.#heardAt = performance.now()
    if (this.#options.response.writable) this.#options.response.write(text)
  }

  #end(): void {
    clearTimeout(this.#flush)
    const { cache, station, topics, onClosed } = this.#options
    for (const topic of topics) {
      cache.unfollow(station.id, topic, this.#queue.topicQueue(station.id, topic).offer)
    }
    onClosed()
  }
}

/** Until the newest is sent, its reader stands before it. */
function beforeNewest({ newest, offset }: TopicLog): number {
  return newest ? offset - 1 : offset
}

function event(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}
