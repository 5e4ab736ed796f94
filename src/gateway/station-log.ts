import type { MessageOf } from '../protocol/message-of.ts'
import type { ClientTopic } from '../protocol/topics.ts'

/** How many messages of a topic a client may have missed and still recover: readings are small, forecasts are not. */
export const KEPT: Readonly<Record<ClientTopic, number>> = {
  reading: 256,
  forecast: 64,
  score: 64,
  status: 64,
  outside: 64,
}

/** A message with its place in its topic's log. It is made into bytes once for all clients, and only if one is sent it. */
export class LogEntry<T extends ClientTopic = ClientTopic> {
  readonly station: string
  readonly topic: T
  readonly offset: number
  readonly message: MessageOf[T]
  #update: Buffer | undefined
  #snapshot: Buffer | undefined

  constructor(
    place: { readonly station: string; readonly topic: T; readonly offset: number },
    message: MessageOf[T],
  ) {
    this.station = place.station
    this.topic = place.topic
    this.offset = place.offset
    this.message = message
  }

  /** The push as it travels: UTF-8 JSON. */
  frame(kind: 'snapshot' | 'update'): Buffer {
    if (kind === 'snapshot') {
      this.#snapshot ??= this.#encoded(kind)
      return this.#snapshot
    }
    this.#update ??= this.#encoded(kind)
    return this.#update
  }

  #encoded(kind: 'snapshot' | 'update'): Buffer {
    const { station, topic, offset, message } = this
    return Buffer.from(JSON.stringify({ station, topic, kind, offset, data: message }))
  }
}

/** The newest messages of one topic of one station. Offsets count from 1, by one a message, for as long as the process lives. */
export class TopicLog<T extends ClientTopic = ClientTopic> {
  readonly station: string
  readonly topic: T
  readonly #ring: LogEntry<T>[] = []
  readonly #kept: number
  #offset = 0

  constructor(station: string, topic: T, kept: number = KEPT[topic]) {
    this.station = station
    this.topic = topic
    this.#kept = kept
  }

  /** Offset of the newest message; 0 before the first. */
  get offset(): number {
    return this.#offset
  }

  get newest(): LogEntry<T> | undefined {
    return this.#offset === 0 ? undefined : this.#ring[this.#offset % this.#kept]
  }

  append(message: MessageOf[T]): LogEntry<T> {
    this.#offset += 1
    const entry = new LogEntry({ station: this.station, topic: this.topic, offset: this.#offset }, message)
    this.#ring[this.#offset % this.#kept] = entry
    return entry
  }

  /** Lets go of all messages. Offsets go on, so that nobody takes later ones for those. */
  clear(): void {
    this.#ring.length = 0
  }

  /** Everything after an offset, oldest first; undefined unless all of it is still here. */
  after(offset: number): readonly LogEntry<T>[] | undefined {
    if (offset > this.#offset || this.#offset - offset > this.#kept) return undefined
    const entries: LogEntry<T>[] = []
    for (let next = offset + 1; next <= this.#offset; next++) {
      const entry = this.#ring[next % this.#kept]
      if (entry === undefined) return undefined
      entries.push(entry)
    }
    return entries
  }
}
