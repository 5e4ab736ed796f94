import {
  AckPolicy,
  createInbox,
  DeliverPolicy,
  type Msg,
  nanos,
  nuid,
  type StreamInfo,
  type Subscription,
} from 'nats'
import type { NatsLink } from './nats-connection.ts'
import type { Stored } from './wire.ts'

/** Reads a stream in order: nothing lost, nothing twice, over lost connections and restarts of the server. */
export interface StreamReader {
  /** The connection is back: go on after the last message that was taken. */
  restart(): void
  /** There may be room again. */
  refill(): void
  close(): Promise<void>
}

export interface StreamReaderOptions {
  readonly link: NatsLink
  readonly stream: string
  /** Which of the stream's subjects. */
  readonly subject: string
  /** `after`: behind that place in the stream. */
  readonly from: 'new' | 'retained' | { readonly after: number }
  readonly take: (stored: Stored) => void
  /** Messages taken and not yet handled; the reader never asks the server for more than `window` beyond those. */
  readonly waiting: () => number
  /** Default 512. */
  readonly window?: number
  /** The server dropped messages before they were read. Not asked for of streams that keep a number per station. */
  readonly onLost?: (count: number) => void
  readonly onError: (error: Error) => void
}

/** Interval of heartbeats from the server. */
const HEARTBEAT_MS = 5_000
const REQUEST_MS = 30_000
const RETRY_MS = 250
const REPORT_AFTER = 20

/**
 * The client's own ordered consumer takes messages as fast as the server sends them, whatever its reader does with
 * them; this one asks only for as many as there is room for. Each attempt is an ephemeral consumer of its own: the
 * server numbers what it delivers, and a number left out (or a silence) begins a new attempt after the last
 * message taken.
 */
export async function openStreamReader(options: StreamReaderOptions): Promise<StreamReader> {
  const { link, stream, subject, from, take, waiting, window = 512, onLost, onError } = options
  const { connection, manager } = link
  const first = await manager.streams.info(stream)
  let created = first.created
  let position = startOf(first, { from, onLost, onError })
  const wholeStream = first.config.subjects.includes(subject)
  let attempt: Attempt | undefined
  let closed = false

  attempt = await begin()
  const silence = setInterval(() => {
    if (attempt && attempt.asked > 0 && performance.now() - attempt.receivedAt > 2.5 * HEARTBEAT_MS) restart()
  }, HEARTBEAT_MS)
  silence.unref()
  ask(attempt)

  async function begin(): Promise<Attempt> {
    const name = `tickcast_${nuid.next()}`
    await manager.consumers.add(stream, {
      name,
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: position + 1,
      filter_subject: subject,
      inactive_threshold: nanos(5 * 60_000),
      mem_storage: true,
      num_replicas: 1,
    })
    const inbox = createInbox()
    const begun: Attempt = {
      name,
      inbox,
      subscription: connection.subscribe(inbox, { callback: (_, message) => received(begun, message) }),
      delivered: 0,
      asked: 0,
      receivedAt: 0,
    }
    return begun
  }

  function ask(current: Attempt): void {
    const free = window - waiting() - current.asked
    // Many small requests cost the server more than few large ones.
    if (free < window / 2) return
    if (current.asked === 0) current.receivedAt = performance.now()
    current.asked += free
    connection.publish(
      `$JS.API.CONSUMER.MSG.NEXT.${stream}.${current.name}`,
      JSON.stringify({ batch: free, expires: nanos(REQUEST_MS), idle_heartbeat: nanos(HEARTBEAT_MS) }),
      { reply: current.inbox },
    )
  }

  function received(current: Attempt, message: Msg): void {
    if (current !== attempt || closed) return
    current.receivedAt = performance.now()
    const stored = parseStored(message)
    if (!stored) {
      noticed(current, message)
      return
    }
    current.asked--
    if (stored.delivery !== ++current.delivered) {
      restart()
      return
    }
    if (wholeStream && onLost && stored.sequence > position + 1)
      void tellLost(onLost, position, stored.sequence)
    position = stored.sequence
    take(stored)
    ask(current)
  }

  /** The server drops the oldest by its limits; what is missing further on was of a station that was removed. */
  async function tellLost(tell: (count: number) => void, before: number, next: number): Promise<void> {
    const info = await manager.streams.info(stream).catch(() => undefined)
    if (info && info.state.first_seq >= next) tell(next - before - 1)
  }

  /** What is no message but news of a request: a heartbeat, its end, or the end of the consumer. */
  function noticed(current: Attempt, { headers }: Msg): void {
    if (headers?.code === 100) return
    if (headers?.code === 408) {
      current.asked = Math.max(
        0,
        current.asked - Number(headers.get('Nats-Pending-Messages') || current.asked),
      )
      ask(current)
      return
    }
    restart()
  }

  function restart(): void {
    if (closed) return
    const ended = attempt
    attempt = undefined
    ended?.subscription.unsubscribe()
    if (ended) void reopen()
  }

  async function reopen(): Promise<void> {
    let failures = 0
    while (!closed && attempt === undefined) {
      try {
        follow(await manager.streams.info(stream))
        attempt = await begin()
        if (closed) end(attempt)
        else ask(attempt)
      } catch (cause) {
        // Away or not ready, which `healthError` tells; or an error that retrying does not mend.
        if (++failures === REPORT_AFTER) onError(new Error(`cannot read the stream ${stream}`, { cause }))
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
  }

  /** A server that was killed may have lost the newest of what it had handed out, or even the stream. */
  function follow({ created: now, state }: StreamInfo): void {
    if (now !== created) {
      onError(new Error(`the stream ${stream} was made anew: it is read from its beginning`))
      created = now
      position = 0
    } else if (state.last_seq < position) {
      onError(new Error(`NATS lost the newest ${position - state.last_seq} messages of ${stream}`))
      position = state.last_seq
    }
  }

  function end(ended: Attempt): void {
    ended.subscription.unsubscribe()
    // Best effort: the server drops it by itself after five minutes.
    manager.consumers.delete(stream, ended.name).catch(() => undefined)
  }

  return {
    restart,
    refill() {
      if (attempt) ask(attempt)
    },
    async close() {
      closed = true
      clearInterval(silence)
      if (attempt) end(attempt)
    },
  }
}

/** The place behind which it is read. */
function startOf(
  { config, state }: StreamInfo,
  {
    from,
    onLost,
    onError,
  }: Pick<StreamReaderOptions, 'from' | 'onError'> & {
    readonly onLost: StreamReaderOptions['onLost'] | undefined
  },
): number {
  const beginning = Math.max(0, state.first_seq - 1)
  if (from === 'new') return state.last_seq
  if (from === 'retained') return beginning
  if (from.after > state.last_seq) {
    onError(
      new Error(
        `the stream ${config.name} ends at ${state.last_seq}, and ${from.after} of it were known: it is another one, and read from its beginning`,
      ),
    )
    return beginning
  }
  if (from.after < beginning) onLost?.(beginning - from.after)
  return Math.max(beginning, from.after)
}

interface Attempt {
  readonly name: string
  readonly inbox: string
  readonly subscription: Subscription
  delivered: number
  /** Messages asked for and not yet received. */
  asked: number
  receivedAt: number
}

interface Delivered extends Stored {
  /** Counts from 1 within one consumer. */
  readonly delivery: number
}

/** The server writes a message's place into its reply subject: $JS.ACK.[domain.account.]stream.consumer.tries.sequence.delivery.nanoseconds.pending[.token] */
function parseStored({ subject, reply, data }: Msg): Delivered | undefined {
  if (!reply?.startsWith('$JS.ACK.')) return undefined
  const tokens = reply.split('.')
  const at = tokens.length === 9 ? 5 : 7
  return {
    subject,
    data,
    sequence: Number(tokens[at]),
    delivery: Number(tokens[at + 1]),
    storedAt: Math.floor(Number(tokens[at + 2]) / 1e6),
  }
}
