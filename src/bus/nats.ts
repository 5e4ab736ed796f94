import { nuid } from 'nats'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import { subjectOf, type Topic } from '../protocol/topics.ts'
import { ackedPublisher } from './acked-publisher.ts'
import { type Bus, BusClosed, type Kept } from './bus.ts'
import { mailbox } from './mailbox.ts'
import { answered, connectNats, watchConnection } from './nats-connection.ts'
import { answerForTape, askTape } from './nats-control.ts'
import { natsStates } from './nats-states.ts'
import { openStreamReader, type StreamReader } from './stream-reader.ts'
import { ensureStreams, newestFirst, purge, STREAMS } from './streams.ts'
import { decode, describeInvalid, encodeJson, type Invalid, MAX_MESSAGE_BYTES } from './wire.ts'

export interface NatsBusOptions {
  readonly url: string
  /** What the server's monitoring shows of this process: `tickcast forecast`. */
  readonly name?: string | undefined
  /** A handler failed, a message was refused by the server, or something of the stream was lost. */
  readonly onError: (error: Error) => void
  /** Something on a topic's subject is no message of that topic. Default: reported as an error. */
  readonly onInvalid?: ((invalid: Invalid) => void) | undefined
  /** The server is away, or back: for a person to read. */
  readonly onNotice?: ((text: string) => void) | undefined
  readonly controlTimeoutMs?: number
}

const RETRY_MS = 250
/** On its way out a bus waits this long for the server to take what it published last. */
const CLOSE_MS = 3_000

/**
 * The bus between processes. Messages are JSON under `tickcast.v1.<station>.<topic>`, one stream a topic; publishing
 * is pipelined. A server that is stopped and started again on its store loses nothing and repeats nothing.
 */
export async function natsBus(options: NatsBusOptions): Promise<Bus> {
  const { url, name = 'tickcast', onError, onNotice, controlTimeoutMs = 3_000 } = options
  const onInvalid = options.onInvalid ?? ((invalid) => onError(new Error(describeInvalid(invalid))))
  const link = await connectNats(url, name)
  const { connection, manager, address } = link
  const readers = new Set<StreamReader>()
  const run = nuid.next()
  let published = 0
  let healthError: string | undefined
  let closing = false
  let recovering = false
  let connected = true

  const publisher = ackedPublisher({
    connection,
    onRejected: ({ subject }, why) => onError(new Error(`NATS refused a message on ${subject}: ${why}`)),
    onStalled(why) {
      reportOutage(`NATS at ${address} stores nothing at the moment (${why})`)
      setTimeout(recover, RETRY_MS)
    },
  })

  try {
    await ensureStreams(manager, address)
  } catch (error) {
    publisher.close(new BusClosed())
    await connection.close()
    if (error instanceof TickcastError) throw error
    throw new TickcastError(
      'bus_unreachable',
      `NATS at ${address} was reached, but its streams cannot be used: ${errorMessage(error)}`,
      { cause: error },
    )
  }

  void watchConnection(connection, {
    onDisconnect() {
      connected = false
      publisher.hold()
      reportOutage(`disconnected from NATS at ${address}; trying again`)
    },
    onReconnect() {
      connected = true
      publisher.hold()
      healthError = `NATS at ${address} is back, its JetStream not yet`
      void recover()
    },
  })

  /** A server that stops may first store nothing and then be away: each is reported, once. */
  function reportOutage(why: string): void {
    if (healthError !== why && !closing) onNotice?.(why)
    healthError = why
  }

  /** The server is back, or may be: as soon as it has the streams, publisher and readers resume. */
  async function recover(): Promise<void> {
    if (recovering) return
    recovering = true
    while (!closing && !(await hasStreams())) await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    recovering = false
    if (closing) return
    healthError = undefined
    onNotice?.(`NATS JetStream at ${address} is back`)
    publisher.resume()
    for (const reader of readers) reader.restart()
  }

  async function hasStreams(): Promise<boolean> {
    if (!connected) return false
    try {
      await ensureStreams(manager, address)
      return connected
    } catch (error) {
      if (connected) healthError = `NATS at ${address} is there, its JetStream is not: ${errorMessage(error)}`
      return false
    }
  }

  async function newestOf<T extends Topic>(station: string, topic: T): Promise<Kept<T> | undefined> {
    for await (const stored of newestFirst(manager, { topic, subject: subjectOf(station, topic) })) {
      const decoded = decode(topic, stored)
      if ('invalid' in decoded) continue
      const { message } = decoded
      return 'removed' in message ? undefined : { message, storedAt: stored.storedAt }
    }
    return undefined
  }

  return {
    kind: 'nats',
    address,
    states: natsStates(link, { onDamage: ({ message }) => onError(new Error(message)) }),

    publish(station, topic, message, id) {
      const subject = subjectOf(station, topic)
      const data = encodeJson(message)
      if (data.length > MAX_MESSAGE_BYTES) {
        return failed(
          `a message of ${data.length} bytes on ${subject}: at most ${MAX_MESSAGE_BYTES} are let through`,
        )
      }
      return publisher.publish({
        subject,
        data,
        id: messageId(station, topic, id ?? `${run}/${++published}`),
      })
    },

    // The stream keeps it for whoever comes later.
    hasSubscribers: () => true,

    async subscribe({ station, topic }, handler, { from = 'new', maxInFlight } = {}) {
      if (from === 'new') await publisher.flush()
      const box = mailbox({
        handle: handler,
        onError(cause, { station: of, topic: on }) {
          // While the process ends, a subscriber may find the bus closed: not its fault.
          if (!(cause instanceof BusClosed))
            onError(new Error(`a subscriber of ${of} ${on} failed`, { cause }))
        },
        maxInFlight,
        onTaken: () => reader?.refill(),
      })
      let reader: StreamReader | undefined
      const { name: stream, maxPerStation } = STREAMS[topic]
      const opening = openStreamReader({
        link,
        stream,
        subject: subjectOf(station ?? '*', topic),
        from,
        waiting: () => box.waiting,
        take(stored) {
          const decoded = decode(topic, stored)
          if ('invalid' in decoded) onInvalid(decoded.invalid)
          else
            box.offer({
              station: decoded.station,
              topic,
              message: decoded.message,
              position: stored.sequence,
            })
        },
        ...(maxPerStation === undefined && {
          onLost: (count) =>
            onError(new Error(`${count} messages of ${stream} were dropped by NATS before they were read`)),
        }),
        onError,
      })
      const opened = await answered(address, opening)
      reader = opened
      readers.add(opened)
      return {
        async close() {
          readers.delete(opened)
          box.close()
          await opened.close()
        },
      }
    },

    newest: (station, topic) => answered(address, newestOf(station, topic)),

    async forget(station) {
      await publisher.flush()
      await purge(manager, station)
    },

    control: (station, command) => askTape(link, { station, command, timeoutMs: controlTimeoutMs }),

    async onControl(station, handler) {
      const subscription = answerForTape(link, {
        station,
        handler,
        onError: (cause) => onError(new Error(`the tape of ${station} failed`, { cause })),
      })
      await connection.flush()
      return subscription
    },

    flush: () => publisher.flush(),
    workedOff: () => undefined,
    healthError: () => healthError,

    async close() {
      if (closing) return
      const enough = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref())
      await Promise.race([publisher.flush(), enough])
      closing = true
      for (const reader of readers) await reader.close()
      readers.clear()
      // The server may go away just now, or hang.
      if (connected) await Promise.race([connection.flush().catch(() => undefined), enough])
      if (publisher.pending > 0) {
        onError(
          new Error(`${publisher.pending} messages were given up: NATS at ${address} did not store them`),
        )
      }
      publisher.close(new BusClosed())
      await connection.close()
    },
  }

  function failed(why: string): Promise<void> {
    const error = new Error(why)
    onError(error)
    const failure = Promise.reject(error)
    failure.catch(() => undefined)
    return failure
  }
}

/** A stream holds the messages of all stations, and an id need only be unique within one. A header is one line. */
function messageId(station: string, topic: Topic, id: string): string {
  return `${station}/${topic}/${id.replace(/[\r\n]/g, ' ')}`
}
