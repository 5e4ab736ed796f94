import type { Bus, BusSubscription } from '../bus/bus.ts'
import type { MessageOf } from '../protocol/message-of.ts'
import type { VerificationMessage } from '../protocol/scores.ts'
import type { StationMessage } from '../protocol/station-message.ts'
import { CLIENT_TOPICS, type ClientTopic } from '../protocol/topics.ts'
import { History } from './history-reply.ts'
import { type LogEntry, TopicLog } from './station-log.ts'

/** Is told of every new message of a topic it follows. */
export type Follower = (entry: LogEntry) => void

/** Everything known of one station from the bus. */
export interface CachedStation {
  readonly id: string
  readonly description: StationMessage
  readonly logs: { readonly [T in ClientTopic]: TopicLog<T> }
  readonly history: History
  /** The newest of the whole of the scores; nobody follows it. */
  readonly verification: VerificationMessage | undefined
}

interface Kept {
  readonly logs: CachedStation['logs']
  readonly history: History
  readonly followers: Readonly<Record<ClientTopic, Set<Follower>>>
  verification: VerificationMessage | undefined
  described: CachedStation | undefined
}

/** The stations on the bus with their newest messages: what sessions and requests read from. */
export class StationCache {
  /** Names this process; offsets mean nothing under another. */
  readonly epoch: string
  readonly #kept = new Map<string, Kept>()
  /** Whatever of these still comes was under way when they were removed. */
  readonly #removed = new Set<string>()
  #subscriptions: readonly BusSubscription[] = []

  constructor(epoch: string) {
    this.epoch = epoch
  }

  /** Takes in what is on the bus until closed. */
  async open(bus: Bus): Promise<void> {
    const retained = { from: 'retained' } as const
    const described = await bus.subscribe(
      { topic: 'station' },
      ({ station, message }) => (message.removed ? this.remove(station) : this.describe(station, message)),
      retained,
    )
    const topics = CLIENT_TOPICS.map((topic) =>
      bus.subscribe({ topic }, ({ station, message }) => this.take(station, topic, message), retained),
    )
    const verified = await bus.subscribe(
      { topic: 'verification' },
      ({ station, message }) => {
        if (!this.#removed.has(station)) this.#of(station).verification = message
      },
      retained,
    )
    this.#subscriptions = [described, verified, ...(await Promise.all(topics))]
  }

  async close(): Promise<void> {
    await Promise.all(this.#subscriptions.map((subscription) => subscription.close()))
  }

  describe(id: string, description: StationMessage): void {
    this.#removed.delete(id)
    const kept = this.#of(id)
    const { logs, history } = kept
    kept.described = {
      id,
      description,
      logs,
      history,
      get verification() {
        return kept.verification
      },
    }
  }

  /** Forgets a station. Clients that follow it hear of it again if it is announced anew. */
  remove(id: string): void {
    this.#removed.add(id)
    const kept = this.#kept.get(id)
    if (kept === undefined) return
    kept.described = undefined
    kept.verification = undefined
    kept.history.clear()
    for (const log of Object.values(kept.logs)) log.clear()
  }

  take<T extends ClientTopic>(station: string, topic: T, message: MessageOf[T]): void {
    if (this.#removed.has(station)) return
    const kept = this.#of(station)
    const log: TopicLog<T> = kept.logs[topic]
    const entry = log.append(message)
    REMEMBERED[topic]?.(kept.history, message)
    for (const follower of kept.followers[topic]) follower(entry)
  }

  /** Stations that were announced, by id. */
  stations(): readonly CachedStation[] {
    return [...this.#kept.values()]
      .flatMap(({ described }) => described ?? [])
      .sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  station(id: string): CachedStation | undefined {
    return this.#kept.get(id)?.described
  }

  follow(station: string, topic: ClientTopic, follower: Follower): void {
    this.#of(station).followers[topic].add(follower)
  }

  unfollow(station: string, topic: ClientTopic, follower: Follower): void {
    this.#of(station).followers[topic].delete(follower)
  }

  #of(id: string): Kept {
    const known = this.#kept.get(id)
    if (known) return known
    const kept: Kept = {
      logs: {
        reading: new TopicLog(id, 'reading'),
        forecast: new TopicLog(id, 'forecast'),
        score: new TopicLog(id, 'score'),
        status: new TopicLog(id, 'status'),
        outside: new TopicLog(id, 'outside'),
      },
      history: new History(),
      followers: {
        reading: new Set(),
        forecast: new Set(),
        score: new Set(),
        status: new Set(),
        outside: new Set(),
      },
      verification: undefined,
      described: undefined,
    }
    this.#kept.set(id, kept)
    return kept
  }
}

/** What goes into the history beside the log. */
const REMEMBERED: { readonly [T in ClientTopic]?: (history: History, message: MessageOf[T]) => void } = {
  reading: (history, message) => history.takeReading(message),
  forecast: (history, message) => history.takeForecast(message),
}
