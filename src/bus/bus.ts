import type { Instant } from '../domain/instant.ts'
import type { StateStore } from '../domain/state-store.ts'
import type { ReplyError } from '../protocol/codes.ts'
import type { MessageOf } from '../protocol/message-of.ts'
import type { TapeCommand, TapeMessage } from '../protocol/tape.ts'
import type { TickMessage } from '../protocol/tick.ts'
import type { Topic } from '../protocol/topics.ts'

/** A message as it arrives. */
export interface Delivery<T extends Topic> {
  readonly station: string
  readonly topic: T
  readonly message: MessageOf[T]
  /** Where it stands in what keeps it: a tick's journal, NATS's stream. It rises from one to the next. */
  readonly position?: number
}

/** Writes live ticks down before anybody hears of them. */
export interface TickJournal {
  /** Fulfilled with the tick's position once it is on disk. */
  append(station: string, tick: TickMessage): Promise<number>
}

/** A message that the bus still holds. */
export interface Kept<T extends Topic> {
  readonly message: MessageOf[T]
  /** When the bus took it in. */
  readonly storedAt: Instant
}

export interface SubscribeOptions {
  /**
   * `new`: what is published from now on. `retained`: first what the bus still holds: of the topic `station` the
   * newest of each station on every bus (JetStream also tells which were removed); of the other topics nothing in
   * process, the whole stream on JetStream. `after`: on JetStream what stands behind that position; what of it has been
   * dropped is reported, and so is a stream that does not reach there.
   */
  readonly from?: 'new' | 'retained' | { readonly after: number }
  /** How many deliveries may be under way (their handler's promise pending) at once; further ones wait. Default 1. */
  readonly maxInFlight?: number
}

export interface BusSubscription {
  /** No handler is called after this resolves. */
  close(): Promise<void>
}

/** What publishing fails with from `close` on. */
export class BusClosed extends Error {
  constructor() {
    super('the bus is closed')
    this.name = 'BusClosed'
  }
}

export type ControlReply = { readonly result: TapeMessage } | { readonly error: ReplyError }

/**
 * The one way messages travel, in process or over NATS. Held by `test/contract/bus.ts`, for both:
 * every subscriber of a topic gets every message of it, of one station in the order published; a delivery is done
 * when its handler's promise resolves; a handler that throws is reported and the stream goes on; a publisher that
 * awaits `publish` cannot outrun memory: what is pending is bounded.
 */
export interface Bus {
  readonly kind: 'memory' | 'nats'
  /** For people: `in process`, or the server's URL without credentials. */
  readonly address: string
  /** Where a bus keeps states of stations, for whoever forecasts on any machine; undefined in process. */
  readonly states?: StateStore
  /**
   * Resolves once the bus has taken the message on, undefined where it did at once. `id` makes a retry harmless:
   * a bus that stores messages keeps one of each id. Await every result, or at least one in a few hundred.
   */
  publish<T extends Topic>(
    station: string,
    topic: T,
    message: MessageOf[T],
    id?: string,
  ): Promise<void> | undefined
  /** Whether a message published now would be read or kept by anybody; if not, it need not be built. */
  hasSubscribers(station: string, topic: Topic): boolean
  /** `station` undefined: of all stations. */
  subscribe<T extends Topic>(
    filter: { readonly station?: string; readonly topic: T },
    handler: (delivery: Delivery<T>) => void | Promise<void>,
    options?: SubscribeOptions,
  ): Promise<BusSubscription>
  /**
   * The newest message of a station's topic that the bus still holds and that is one, whatever else was published to
   * its subject; in process that is of `station` only.
   */
  newest<T extends Topic>(station: string, topic: T): Promise<Kept<T> | undefined>
  /**
   * Drops whatever the bus holds of a station that was removed, but for the message that says so: where a server keeps
   * that, it tells those that were away.
   */
  forget(station: string): Promise<void>
  /** Asks whoever plays the station's tape; `no_replay` where nobody does. */
  control(station: string, command: TapeCommand): Promise<ControlReply>
  /** Answers for a station's tape. */
  onControl(
    station: string,
    handler: (command: TapeCommand) => Promise<ControlReply>,
  ): Promise<BusSubscription>
  /** Resolves when everything published so far by this process is stored or handled. */
  flush(): Promise<void>
  /** Resolves once those who take a station's ticks have worked off what was published of them; over NATS nobody can say. */
  workedOff(station: string): Promise<void> | undefined
  /** What is wrong with the bus, for `/readyz` and the status line; undefined where it works. */
  healthError(): string | undefined
  close(): Promise<void>
}
