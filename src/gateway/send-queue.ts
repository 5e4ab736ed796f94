import type { LogEntry } from './station-log.ts'
import { type Pace, TokenBucket } from './token-bucket.ts'

/** Where pushes go: a WebSocket or an event stream, as far as this is concerned. */
export interface Sink {
  /** Bytes handed over and not yet taken by the network. */
  readonly bufferedAmount: number
  send(frame: Buffer, entry: LogEntry): void
}

export interface SendQueueLimits {
  /** Past this many bytes under way only the newest message of each topic is kept for later. */
  readonly boundBytes: number
  /** Pushes of one topic to one client: this many a second on end, and this many at once after a quiet time. */
  readonly pushesPerSecond: number
  readonly burst: number
  /** Of scores so many a second, and no more at once: a table of them weighs as much as twenty readings of all else. */
  readonly scoresPerSecond: number
}

export interface SendQueueOptions {
  readonly sink: Sink
  readonly limits: SendQueueLimits
  /** Milliseconds that only grow. */
  readonly clock: () => number
  /** Something waits: call `flush` within some ten milliseconds. */
  readonly onWaiting: () => void
  readonly onPush: (entry: LogEntry) => void
  readonly onConflated: (entry: LogEntry) => void
}

/**
 * What one client is still to be sent: at most one message of each topic, the newest, however slow the line or fast
 * the stream. So a slow client costs bounded memory and delays nobody, and a replay at full speed shows every client
 * the newest some thirty times a second.
 */
export class SendQueue {
  readonly #options: SendQueueOptions
  readonly #topicQueues = new Map<string, TopicQueue>()
  #waiting = false

  constructor(options: SendQueueOptions) {
    this.#options = options
  }

  /** The topic's queue; made on first use. */
  topicQueue(station: string, topic: string): TopicQueue {
    const key = `${station}/${topic}`
    const known = this.#topicQueues.get(key)
    if (known) return known
    const topicQueue = new TopicQueue(this.#options, paceOf(topic, this.#options.limits), () => this.#wait())
    this.#topicQueues.set(key, topicQueue)
    return topicQueue
  }

  drop(station: string, topic: string): void {
    this.#topicQueues.delete(`${station}/${topic}`)
  }

  /** Bytes that may be sent right now. */
  roomBytes(): number {
    return Math.max(0, this.#options.limits.boundBytes - this.#options.sink.bufferedAmount)
  }

  congested(): boolean {
    return this.#options.sink.bufferedAmount > this.#options.limits.boundBytes
  }

  /** Sends what may be sent by now. */
  flush(): void {
    this.#waiting = false
    for (const topicQueue of this.#topicQueues.values()) topicQueue.flush()
  }

  #wait(): void {
    if (this.#waiting) return
    this.#waiting = true
    this.#options.onWaiting()
  }
}

function paceOf(topic: string, { pushesPerSecond, burst, scoresPerSecond }: SendQueueLimits): Pace {
  if (topic === 'score') return { perSecond: scoresPerSecond, burst: scoresPerSecond }
  return { perSecond: pushesPerSecond, burst }
}

/** The pushes of one topic to one client. */
export class TopicQueue {
  readonly #options: SendQueueOptions
  readonly #bucket: TokenBucket
  readonly #wait: () => void
  #pending: LogEntry | undefined
  #kind: 'snapshot' | 'update' = 'update'

  constructor(options: SendQueueOptions, pace: Pace, wait: () => void) {
    this.#options = options
    this.#bucket = new TokenBucket(pace, options.clock)
    this.#wait = wait
  }

  /** A new message of the topic. A field, so that it can be handed out as a follower and taken back. */
  readonly offer = (entry: LogEntry): void => {
    if (this.#pending !== undefined) {
      this.#options.onConflated(this.#pending)
      this.#pending = entry
      return
    }
    this.#pending = entry
    this.flush()
  }

  snapshot(entry: LogEntry): void {
    this.#pending = entry
    this.#kind = 'snapshot'
    this.flush()
  }

  /** Missed messages, in order; the caller has seen to it that there is room for all of them. */
  catchUp(entry: LogEntry): void {
    this.#send(entry, 'update')
  }

  flush(): void {
    const entry = this.#pending
    if (entry === undefined) return
    const { sink, limits } = this.#options
    if (sink.bufferedAmount > limits.boundBytes || !this.#mayPush()) {
      this.#wait()
      return
    }
    const kind = this.#kind
    this.#pending = undefined
    this.#kind = 'update'
    this.#send(entry, kind)
  }

  #send(entry: LogEntry, kind: 'snapshot' | 'update'): void {
    this.#options.sink.send(entry.frame(kind), entry)
    this.#options.onPush(entry)
  }

  #mayPush(): boolean {
    return this.#kind === 'snapshot' || this.#bucket.take()
  }
}
