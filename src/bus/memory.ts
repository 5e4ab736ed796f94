import type { MessageOf } from '../protocol/message-of.ts'
import type { TickMessage } from '../protocol/tick.ts'
import type { Topic } from '../protocol/topics.ts'
import { type Bus, BusClosed, type Kept, type TickJournal } from './bus.ts'
import { Channel } from './channel.ts'
import { answer, type ControlHandler, noReplay } from './control.ts'
import { mailbox } from './mailbox.ts'

export interface MemoryBusOptions {
  /** A handler failed; its message counts as handled and the stream goes on. */
  readonly onError: (error: Error) => void
  /** For live ticks; those of a tape can be played again. Default: nothing is written down. */
  readonly journal?: TickJournal | undefined
  /** How many messages may wait for one subscriber before `publish` asks its caller to wait. Default 512. */
  readonly highWater?: number
}

/**
 * The bus within one process: messages are passed by reference, so neither side may change one afterwards. A handler
 * that returns nothing runs within `publish` itself.
 */
export function memoryBus({ onError, journal, highWater }: MemoryBusOptions): Bus {
  const channels = {
    station: new Channel<'station'>(),
    tick: new Channel<'tick'>(),
    reading: new Channel<'reading'>(),
    forecast: new Channel<'forecast'>(),
    score: new Channel<'score'>(),
    outside: new Channel<'outside'>(),
    verification: new Channel<'verification'>(),
    status: new Channel<'status'>(),
    rejected: new Channel<'rejected'>(),
  } satisfies Channels
  const stations = new Map<string, Kept<'station'>>()
  const tapes = new Map<string, ControlHandler>()
  /** Ticks that are being written down. */
  const journalling = new Set<Promise<unknown>>()
  let closed = false

  /** Correlates a topic with the type of its channel, which an index into the literal above would lose. */
  function channelOf<T extends Topic>(topic: T): Channel<T> {
    const byTopic: Channels = channels
    return byTopic[topic]
  }

  function keepStation(id: string, message: MessageOf['station']): void {
    if (message.removed) stations.delete(id)
    else stations.set(id, { message, storedAt: Date.now() })
  }

  /** A tick that cannot be written down is forecast from all the same; its publisher is told that it is not safe. */
  const journalled = (station: string, message: TickMessage): Promise<void> => {
    const written = journal!.append(station, message).then(
      (position) => channels.tick.publish({ station, topic: 'tick', message, position }),
      (error: unknown) => {
        void channels.tick.publish({ station, topic: 'tick', message })
        throw error
      },
    )
    journalling.add(written)
    const settled = (): void => void journalling.delete(written)
    written.then(settled, settled)
    return written
  }

  return {
    kind: 'memory',
    address: 'in process',

    publish(station, topic, message) {
      if (closed) return closedError()
      if (topic === 'station') keepStation(station, message as MessageOf['station'])
      if (topic === 'tick' && journal && !(message as TickMessage).replay) {
        return journalled(station, message as TickMessage)
      }
      return channelOf(topic).publish({ station, topic, message })
    },

    hasSubscribers: (station, topic) => topic === 'station' || channels[topic].reaches(station),

    async subscribe({ station, topic }, handler, { from, maxInFlight } = {}) {
      const channel = channelOf(topic)
      const box = mailbox({
        handle: handler,
        onError(cause, { station: of, topic: on }) {
          // While the process ends, a subscriber may find the bus closed: not its fault.
          if (!(cause instanceof BusClosed))
            onError(new Error(`a subscriber of ${of} ${on} failed`, { cause }))
        },
        maxInFlight,
        highWater,
      })
      const subscriber = { station, box }
      if (from === 'retained' && topic === 'station') {
        for (const [id, { message }] of stations) {
          if (station === undefined || station === id) {
            box.offer({ station: id, topic, message: message as MessageOf[typeof topic] })
          }
        }
      }
      channel.add(subscriber)
      return {
        async close() {
          channel.remove(subscriber)
          box.close()
        },
      }
    },

    async newest(station, topic) {
      return topic === 'station' ? (stations.get(station) as Kept<typeof topic> | undefined) : undefined
    },

    // Nothing else is held.
    forget: async () => undefined,

    async control(station, command) {
      const handler = tapes.get(station)
      if (!handler) return noReplay(station)
      return answer(handler, command, (cause) =>
        onError(new Error(`the tape of ${station} failed`, { cause })),
      )
    },

    async onControl(station, handler) {
      tapes.set(station, handler)
      return {
        async close() {
          if (tapes.get(station) === handler) tapes.delete(station)
        },
      }
    },

    async flush() {
      if (journalling.size > 0) await Promise.allSettled(journalling)
      await Promise.all(Object.values(channels).map((channel) => channel.drained()))
    },

    workedOff: (station) => channels.tick.drained(station),

    healthError: () => undefined,

    async close() {
      closed = true
      tapes.clear()
      for (const channel of Object.values(channels)) channel.close()
    },
  }
}

function closedError(): Promise<void> {
  const failure = Promise.reject(new BusClosed())
  // Marked as handled: a publisher that does not await every result must not end the process with an unhandled
  // rejection.
  failure.catch(() => undefined)
  return failure
}

type Channels = { readonly [T in Topic]: Channel<T> }
