import { createInbox, headers, type Msg, type NatsConnection } from 'nats'
import { z } from 'zod'
import { type Deferred, deferred } from '../domain/deferred.ts'
import { errorMessage } from '../domain/errors.ts'

export interface Outgoing {
  readonly subject: string
  /** The server keeps one message of each id. */
  readonly id: string
  readonly data: Uint8Array
}

/** Publishes to JetStream in a pipeline: many messages under way, each kept until the server has stored it. */
export interface AckedPublisher {
  /** Undefined while there is room; else resolves when there is again. */
  publish(outgoing: Outgoing): Promise<void> | undefined
  /** Messages taken on and not yet stored. */
  readonly pending: number
  /** Sends nothing more until `resume`: the server is away or not ready. */
  hold(): void
  /** Sends again, in order, whatever was not acknowledged; the server drops by their ids those it has already. */
  resume(): void
  /** Resolves when everything taken on so far is stored or was refused. */
  flush(): Promise<void>
  /** Gives up what is pending and rejects whoever waits. */
  close(reason: Error): void
}

export interface AckedPublisherOptions {
  readonly connection: NatsConnection
  /** The server will not store this one, now or later. */
  readonly onRejected: (outgoing: Outgoing, description: string) => void
  /** The server stores nothing at the moment; the publisher holds itself until `resume`. */
  readonly onStalled: (description: string) => void
  /** Messages and bytes under way at most. Defaults 512 and 8 MiB. */
  readonly window?: number
  readonly windowBytes?: number
  /** Without any acknowledgement for this long the server counts as stalled. Default 5 s. */
  readonly ackTimeoutMs?: number
}

const ackSchema = z.union([
  z.object({ error: z.object({ code: z.number(), description: z.string() }) }),
  z.object({ stream: z.string(), error: z.undefined().optional() }),
])
const NO_RESPONDERS = 503
const ABSENT = { error: { code: NO_RESPONDERS, description: 'JetStream does not answer' } }
/** Codes of the JetStream API from here on mean 'later', as HTTP's do. */
const TEMPORARY = 500

export function ackedPublisher(options: AckedPublisherOptions): AckedPublisher {
  const {
    connection,
    onRejected,
    onStalled,
    window = 512,
    windowBytes = 8 * 2 ** 20,
    ackTimeoutMs = 5_000,
  } = options
  /** By number, in the order taken on; numbers only grow. */
  const sent = new Map<number, Outgoing>()
  let unsent: [number, Outgoing][] = []
  let lastNumber = 0
  let sentBytes = 0
  let held = false
  let closed: Error | undefined
  let progressAt = performance.now()
  let roomMade: Deferred<void> | undefined
  let flushes: { readonly upTo: number; readonly done: Deferred<void> }[] = []

  const inbox = createInbox()
  const acks = connection.subscribe(`${inbox}.*`, { callback: (_, ack) => acknowledged(ack) })
  const watchdog = setInterval(() => {
    if (!held && sent.size > 0 && performance.now() - progressAt > ackTimeoutMs) {
      stall(`nothing was acknowledged for ${ackTimeoutMs / 1000} s`)
    }
  }, 1_000)
  watchdog.unref()

  function send(number: number, outgoing: Outgoing): void {
    if (sent.size === 0) progressAt = performance.now()
    const head = headers()
    head.set('Nats-Msg-Id', outgoing.id)
    try {
      connection.publish(outgoing.subject, outgoing.data, { headers: head, reply: `${inbox}.${number}` })
    } catch (error) {
      // Thrown by the client itself: the message is larger than this server allows.
      onRejected(outgoing, errorMessage(error))
      return
    }
    sent.set(number, outgoing)
    sentBytes += outgoing.data.length
  }

  function fits(): boolean {
    return !held && sent.size < window && sentBytes < windowBytes
  }

  function pump(): void {
    let next = 0
    while (next < unsent.length && fits()) send(...unsent[next++]!)
    if (next > 0) unsent.splice(0, next)
    if (unsent.length === 0 && sent.size <= window / 2 && !held) {
      roomMade?.resolve()
      roomMade = undefined
    }
    if (flushes.length > 0) {
      const oldest = sent.keys().next().value ?? unsent[0]?.[0] ?? Number.POSITIVE_INFINITY
      for (const { upTo, done } of flushes) if (upTo < oldest) done.resolve()
      flushes = flushes.filter(({ upTo }) => upTo >= oldest)
    }
  }

  function acknowledged(ack: Msg): void {
    const number = Number(ack.subject.slice(inbox.length + 1))
    const outgoing = sent.get(number)
    // An acknowledgement of an earlier attempt may come after that of a later one.
    if (!outgoing || closed) return
    const answer = ack.headers?.code === NO_RESPONDERS ? ABSENT : parseAck(ack.data)
    if (!answer) return
    if (answer.error && answer.error.code >= TEMPORARY) {
      stall(answer.error.description)
      return
    }
    if (answer.error) onRejected(outgoing, answer.error.description)
    sent.delete(number)
    sentBytes -= outgoing.data.length
    progressAt = performance.now()
    pump()
  }

  function stall(description: string): void {
    if (held) return
    hold()
    onStalled(description)
  }

  function hold(): void {
    held = true
    unsent = [...sent, ...unsent]
    sent.clear()
    sentBytes = 0
  }

  return {
    publish(outgoing) {
      if (closed) return rejectedWith(closed)
      const number = ++lastNumber
      if (unsent.length === 0 && fits()) {
        send(number, outgoing)
        return undefined
      }
      unsent.push([number, outgoing])
      roomMade ??= deferred<void>()
      return roomMade.promise
    },
    get pending() {
      return sent.size + unsent.length
    },
    hold,
    resume() {
      if (closed) return
      held = false
      pump()
    },
    async flush() {
      if (sent.size + unsent.length === 0) return
      const done = deferred<void>()
      flushes.push({ upTo: lastNumber, done })
      await done.promise
    },
    close(reason) {
      closed = reason
      clearInterval(watchdog)
      acks.unsubscribe()
      roomMade?.reject(reason)
      for (const { done } of flushes) done.reject(reason)
    },
  }
}

/** Undefined for a reply that is not of JetStream, but of another subscriber to the subject. */
function parseAck(data: Uint8Array): z.infer<typeof ackSchema> | undefined {
  try {
    return ackSchema.safeParse(JSON.parse(Buffer.from(data).toString())).data
  } catch {
    return undefined
  }
}

function rejectedWith(reason: Error): Promise<void> {
  const failed = deferred<void>()
  failed.reject(reason)
  return failed.promise
}
