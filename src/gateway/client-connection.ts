import type { ControlReply } from '../bus/bus.ts'
import { CLOSE_CODES, replyError } from '../protocol/codes.ts'
import type { TapeCommand } from '../protocol/tape.ts'
import type { GatewayLimits } from './limits.ts'
import type { GatewayMetrics } from './metrics.ts'
import { SendQueue } from './send-queue.ts'
import {
  newSession,
  type ReplyFrame,
  receive,
  rejectFrame,
  type SessionEffect,
  type SessionState,
  type SessionStep,
} from './session.ts'
import type { StationCache } from './station-cache.ts'
import type { StreamSocket } from './stream-socket.ts'
import { TokenBucket } from './token-bucket.ts'

export interface ConnectionOptions {
  readonly socket: StreamSocket
  readonly cache: StationCache
  readonly limits: GatewayLimits
  readonly metrics: GatewayMetrics
  readonly control: (station: string, command: TapeCommand) => Promise<ControlReply>
  /** Milliseconds that only grow. */
  readonly clock: () => number
  readonly onClosed: () => void
}

/** How soon what waits is looked at again. */
const FLUSH_MS = 20
/** A peer that does not answer a close is cut after this. */
const CLOSE_GRACE_MS = 5_000

/** One client: its session, its send queue and its socket. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #queue: SendQueue
  readonly #frames: TokenBucket
  #state: SessionState = newSession
  #receivedAt: number
  #pingedAt: number
  #slowSince: number | undefined
  #commands = 0
  #flush: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: ConnectionOptions) {
    const { socket, limits, metrics, clock } = options
    this.#options = options
    this.#receivedAt = clock()
    this.#pingedAt = clock()
    this.#frames = new TokenBucket({ perSecond: limits.framesPerSecond, burst: limits.frameBurst }, clock)
    this.#queue = new SendQueue({
      sink: {
        get bufferedAmount() {
          return socket.bufferedAmount
        },
        send: (frame) => this.#send(frame),
      },
      limits,
      clock,
      onWaiting: () => {
        this.#flush = setTimeout(() => this.#queue.flush(), FLUSH_MS)
      },
      onPush: ({ topic }) => metrics.pushed(topic),
      onConflated: ({ topic }) => metrics.conflated(topic),
    })
    socket.on('message', (data, isBinary) => {
      if (!this.#heard()) return
      if (isBinary) {
        const error = replyError('bad_request', 'a binary frame: JSON travels as text')
        this.#take(rejectFrame(this.#state, { id: null, error }))
      } else this.#take(receive(this.#state, data.toString(), this.#view()))
    })
    socket.on('ping', () => void this.#heard())
    socket.on('pong', () => void this.#heard())
    // `ws` closes the socket itself; without a listener the error would end the process.
    socket.on('error', () => undefined)
    socket.on('close', () => this.#end())
  }

  /** To be called about once a second: pings, and ends lines that are silent or do not drain. */
  beat(): void {
    const { clock, limits, socket } = this.#options
    const now = clock()
    if (now - this.#receivedAt > limits.silenceSeconds * 1_000) {
      this.close('silent', `nothing heard for ${limits.silenceSeconds} s`)
      return
    }
    this.#slowSince = this.#queue.congested() ? (this.#slowSince ?? now) : undefined
    if (this.#slowSince !== undefined && now - this.#slowSince > limits.slowSeconds * 1_000) {
      this.close('slow', `what was sent has not been taken for ${limits.slowSeconds} s`)
      return
    }
    if (now - this.#pingedAt >= limits.pingSeconds * 1_000 && !this.#closed) {
      this.#pingedAt = now
      socket.ping()
    }
  }

  /** Announces a planned end, then ends. */
  goAway(reason: string): void {
    this.#send(Buffer.from(JSON.stringify({ closing: { code: CLOSE_CODES.going_away, reason } })))
    this.close('going_away', reason)
  }

  close(code: keyof typeof CLOSE_CODES, reason: string): void {
    const { socket } = this.#options
    this.#end()
    socket.close(CLOSE_CODES[code], reason)
    setTimeout(() => socket.terminate(), CLOSE_GRACE_MS).unref()
  }

  /** False where it is not listened to any more: one that talks without end would take the time of all others. */
  #heard(): boolean {
    if (this.#closed) return false
    this.#receivedAt = this.#options.clock()
    if (this.#frames.take()) return true
    this.close('too_fast', `more than ${this.#options.limits.framesPerSecond} frames a second: send fewer`)
    return false
  }

  #view() {
    const { cache } = this.#options
    return {
      epoch: cache.epoch,
      stations: () => cache.stations(),
      roomBytes: () => this.#queue.roomBytes(),
    }
  }

  #take({ state, effects }: SessionStep): void {
    if (this.#closed) return
    this.#state = state
    for (const effect of effects) this.#perform(effect)
  }

  #perform(effect: SessionEffect): void {
    const { cache } = this.#options
    switch (effect.type) {
      case 'reply':
        this.#reply(effect.frame)
        return
      case 'follow':
        for (const topic of effect.topics) {
          cache.follow(effect.station, topic, this.#queue.topicQueue(effect.station, topic).offer)
        }
        return
      case 'unfollow':
        for (const topic of effect.topics) {
          cache.unfollow(effect.station, topic, this.#queue.topicQueue(effect.station, topic).offer)
          this.#queue.drop(effect.station, topic)
        }
        return
      case 'snapshot':
        this.#queue.topicQueue(effect.entry.station, effect.entry.topic).snapshot(effect.entry)
        return
      case 'catch_up':
        for (const entry of effect.entries) this.#queue.topicQueue(entry.station, entry.topic).catchUp(entry)
        return
      case 'operate':
        void this.#operate(effect)
        return
      case 'close':
        this.close(effect.code, effect.reason)
    }
  }

  async #operate({ id, station, command }: Extract<SessionEffect, { type: 'operate' }>): Promise<void> {
    const { control, limits } = this.#options
    if (this.#commands >= limits.commandsUnderWay) {
      const message = `${limits.commandsUnderWay} tape commands are under way: wait for their replies`
      this.#reply({ id, error: replyError('busy', message) })
      return
    }
    this.#commands += 1
    const reply = await control(station, command)
    this.#commands -= 1
    this.#reply({ id, ...reply })
  }

  #reply(frame: ReplyFrame): void {
    this.#send(Buffer.from(JSON.stringify(frame)))
  }

  #send(frame: Buffer): void {
    const { socket, limits } = this.#options
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > limits.cutBytes) {
      // Reached only by a peer that keeps requesting without reading: no further message can be sent to it.
      this.#end()
      socket.terminate()
      return
    }
    socket.send(frame, { binary: false })
  }

  #end(): void {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#flush)
    const { cache, onClosed } = this.#options
    for (const [station, topics] of this.#state.following) {
      for (const topic of topics) cache.unfollow(station, topic, this.#queue.topicQueue(station, topic).offer)
    }
    onClosed()
  }
}
