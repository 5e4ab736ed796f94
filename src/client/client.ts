import type { ReplyError } from '../protocol/codes.ts'
import type { MessageOf } from '../protocol/message-of.ts'
import type { StationMessage } from '../protocol/station-message.ts'
import type { TapeCommand, TapeMessage } from '../protocol/tape.ts'
import { CLIENT_TOPICS, type ClientTopic } from '../protocol/topics.ts'
import { streamUrl, subprotocols } from './address.ts'
import { ConnectionClosed, NotConnected, RequestRefused } from './client-errors.ts'
import {
  begin,
  type ConnectionEffect,
  type ConnectionEvent,
  type Phase,
  type Transition,
  transition,
} from './connection-state.ts'
import { fetchStations } from './http.ts'
import { Requests } from './requests.ts'
import { type PushOf, serverFrame } from './server-frame.ts'
import { type OpenSocket, type Socket, standardSocket } from './socket.ts'

export interface ConnectOptions {
  /** Where the server listens: `http://127.0.0.1:8080`; `https`, `ws` and `wss` too. */
  readonly url: string
  readonly token?: string | undefined
  /** Default: the platform's own `WebSocket`, in Node by `ws`. */
  readonly openSocket?: OpenSocket
  /** Spreads reconnects; default `Math.random`. */
  readonly draw?: () => number
  /** How long a reply may take, and how long the line may be silent before it is probed. */
  readonly replyTimeoutMs?: number
  readonly quietMs?: number
}

export interface Delivery<T extends ClientTopic = ClientTopic> {
  readonly station: string
  readonly topic: T
  readonly kind: 'snapshot' | 'update'
  readonly offset: number
  /**
   * How many messages between the last one delivered and this one were left out: a server that publishes faster
   * than anyone reads sends the newest only, and after a loss the server may no longer have all that came meanwhile.
   * Null where nobody knows: the server is another one than before. Undefined where nothing was read before.
   */
  readonly skipped: number | null | undefined
}

/** What to do with the messages of each topic; the topics named are the ones subscribed to. */
export type Handlers = {
  readonly [T in ClientTopic]?: (message: MessageOf[T], delivery: Delivery<T>) => void
}

export interface SubscribeOptions {
  /** The server refused, for good: an unknown station, say. */
  readonly onRefused?: (error: RequestRefused) => void
}

/**
 * A connection to a Tickcast server that mends itself: lost, it comes back with growing, jittered pauses and asks
 * for what was missed; where the server no longer has that, handlers are given a snapshot.
 */
export interface StreamClient {
  readonly phase: Phase
  /** Calls back on every change; returns how to stop that. */
  onPhase(listener: (phase: Phase) => void): () => void
  /** Resolves once open. Rejects if the attempt under way fails; the client goes on trying until closed. */
  opened(): Promise<void>
  /** Which stations there are, asked over HTTP. */
  stations(): Promise<readonly StationMessage[]>
  /** Messages of a station's topics; first the newest of each, then what comes. Returns how to stop that. */
  subscribe(station: string, handlers: Handlers, options?: SubscribeOptions): () => void
  /** Operates a tape and tells how it stands then; `{ state: true }` only asks. */
  tape(command: TapeCommand): Promise<TapeMessage>
  /** Resolves when the server has answered. */
  ping(): Promise<void>
  close(): void
}

interface Subscriber {
  readonly station: string
  readonly handlers: Handlers
  readonly onRefused: SubscribeOptions['onRefused']
}

const REPLY_TIMEOUT_MS = 10_000
const QUIET_MS = 40_000
const ASK_AGAIN_MS = 2_000

/** Begins to connect at once and goes on trying until closed; throws only where `url` is no address. */
export function connect({
  url,
  token,
  openSocket = standardSocket,
  draw = Math.random,
  replyTimeoutMs = REPLY_TIMEOUT_MS,
  quietMs = QUIET_MS,
}: ConnectOptions): StreamClient {
  const address = { url: streamUrl(url), protocols: subprotocols(token) }
  const subscribers = new Set<Subscriber>()
  const listeners = new Set<(phase: Phase) => void>()
  const requests = new Requests(replyTimeoutMs)
  const timers = new Set<ReturnType<typeof setTimeout>>()
  let quiet: ReturnType<typeof setTimeout> | undefined
  let socket: Socket | undefined
  let state = begin().state

  function dispatch(event: ConnectionEvent): void {
    carryOut(transition(state, event))
  }

  function carryOut(next: Transition): void {
    const changed = next.state.phase !== state.phase
    state = next.state
    if (changed && state.phase.name !== 'open') requests.failAll(notConnected(state.phase))
    if (changed) for (const listener of [...listeners]) listener(state.phase)
    for (const effect of next.effects) perform(effect)
  }

  function perform(effect: ConnectionEffect): void {
    switch (effect.type) {
      case 'open_socket':
        socket = open()
        return
      case 'close_socket':
        clearTimeout(quiet)
        for (const timer of timers) clearTimeout(timer)
        socket?.close()
        return
      case 'send':
        socket?.send(JSON.stringify(effect.frame))
        return
      case 'retry_in':
        later(effect.ms, () => dispatch({ type: 'retry_due' }))
        return
      case 'ask_again_later':
        later(ASK_AGAIN_MS, () => dispatch({ ...effect, type: 'ask_again' }))
        return
      case 'deliver':
        for (const { station, handlers } of [...subscribers]) {
          if (station === effect.push.station) deliver(handlers, effect.push, effect.skipped)
        }
        return
      case 'reply':
        requests.settle(effect.frame)
        return
      case 'rejected':
        reject(effect.station, effect.topics, effect.error)
    }
  }

  function open(): Socket {
    let current = true
    const lost = (code: number, reason: string): void => {
      if (!current) return
      current = false
      clearTimeout(quiet)
      dispatch({ type: 'lost', code, reason, draw: draw() })
    }
    const listen = (): void => {
      clearTimeout(quiet)
      quiet = setTimeout(() => {
        // Nothing received for long: a line that is dead without having been closed does not answer a ping either.
        ping().catch(() => {
          if (!current || state.phase.name !== 'open') return
          opened.close()
          lost(1006, 'the server has gone silent')
        })
      }, quietMs)
    }
    const opened = openSocket(address, {
      opened: () => {
        if (!current || state.phase.name === 'closed') return
        listen()
        dispatch({ type: 'opened' })
      },
      message: (text) => {
        if (!current) return
        listen()
        const frame = serverFrame(text)
        if (frame) dispatch({ type: 'frame', frame })
      },
      lost,
    })
    return opened
  }

  function later(ms: number, then: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer)
      then()
    }, ms)
    timers.add(timer)
  }

  function reject(station: string, topics: readonly ClientTopic[], error: ReplyError): void {
    for (const subscriber of [...subscribers]) {
      if (subscriber.station === station && topics.some((topic) => topic in subscriber.handlers)) {
        subscriber.onRefused?.(new RequestRefused(error))
      }
    }
  }

  async function request(name: string, body: { replay: TapeCommand } | { ping: number }) {
    if (state.phase.name !== 'open') throw notConnected(state.phase)
    const { id, reply } = requests.begin(name)
    socket?.send(JSON.stringify({ id, ...body }))
    return await reply
  }

  async function ping(): Promise<void> {
    await request('a ping', { ping: 1 })
  }

  carryOut(begin())

  return {
    get phase() {
      return state.phase
    },
    onPhase(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    opened: () =>
      new Promise((resolve, reject) => {
        const settle = (phase: Phase): boolean => {
          if (phase.name === 'connecting') return false
          if (phase.name === 'open') resolve()
          else reject(notConnected(phase))
          return true
        }
        if (settle(state.phase)) return
        const listener = (phase: Phase): void => {
          if (settle(phase)) listeners.delete(listener)
        }
        listeners.add(listener)
      }),
    stations: () => fetchStations({ url, token }),
    subscribe(station, handlers, { onRefused } = {}) {
      const topics = topicsOf(handlers)
      const subscriber: Subscriber = { station, handlers, onRefused }
      subscribers.add(subscriber)
      dispatch({ type: 'follow', station, topics })
      return () => {
        if (!subscribers.delete(subscriber)) return
        const still = new Set(
          [...subscribers].filter((s) => s.station === station).flatMap((s) => topicsOf(s.handlers)),
        )
        const dropped = topics.filter((topic) => !still.has(topic))
        if (dropped.length > 0) dispatch({ type: 'unfollow', station, topics: dropped })
      }
    },
    async tape(command) {
      // The server answers `replay` with how the tape stands: its own schema, which its tests hold it to.
      return (await request('a tape command', { replay: command })) as unknown as TapeMessage
    },
    ping,
    close: () => dispatch({ type: 'close' }),
  }
}

function topicsOf(handlers: Handlers): ClientTopic[] {
  return CLIENT_TOPICS.filter((topic) => handlers[topic] !== undefined)
}

function deliver<T extends ClientTopic>(
  handlers: Handlers,
  push: PushOf<T>,
  skipped: number | null | undefined,
): void {
  const { station, topic, kind, offset, data } = push
  handlers[topic]?.(data, { station, topic, kind, offset, skipped })
}

function notConnected(phase: Phase): Error {
  switch (phase.name) {
    case 'open':
    case 'connecting':
      return new NotConnected('not connected yet')
    case 'waiting':
      return new NotConnected(phase.reason || 'the connection was lost')
    case 'closed':
      return new ConnectionClosed(phase.code, phase.reason)
  }
}
