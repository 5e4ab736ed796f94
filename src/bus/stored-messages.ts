import { AckPolicy, DeliverPolicy, ErrorCode, type MsgHdrs, NatsError, nanos, type StoredMsg } from 'nats'
import type { Instant } from '../domain/instant.ts'
import type { NatsLink } from './nats-connection.ts'

/** What one stream of a NATS server holds, read and dropped by subject. */
export interface StoredMessages {
  /** Gives the place. */
  add(subject: string, data: string | Uint8Array, options?: { readonly headers: MsgHdrs }): Promise<number>
  /** Those of a pattern that hold anything. One question, however many there are. */
  subjects(pattern: string): Promise<readonly string[]>
  newest(subject: string): Promise<StoredMsg | undefined>
  /**
   * The first from a place on, of whichever server keeps the stream: at the price of its bytes alone. The server that
   * leads, which knows it for certain, is asked where that one has none, or the stream allows none to answer.
   */
  from(subject: string, place: number): Promise<StoredBytes | undefined>
  /** What a subject holds, of which `places` are known. */
  drop(subject: string, places: readonly number[]): Promise<void>
  /** By the server's clock: those of two machines may differ by much. Any subject of the stream does. */
  now(subject: string): Promise<Instant>
}

export interface StoredBytes {
  readonly data: Uint8Array
  readonly place: number
}

/** A link of 1 Mbit/s has delivered two of 512 KiB before their time is over. */
const MESSAGE_MS = 10_000
const QUESTIONS_AT_ONCE = 64

const NO_MESSAGE = 10037

export function storedMessages({ connection, manager }: NatsLink, stream: string): StoredMessages {
  const js = connection.jetstream({ timeout: MESSAGE_MS })
  return {
    async add(subject, data, options) {
      const { seq } = await js.publish(subject, data, options)
      return seq
    },
    async subjects(pattern) {
      const { state } = await manager.streams.info(stream, { subjects_filter: pattern })
      return Object.keys(state.subjects ?? {})
    },
    newest: (subject) => orMissing(manager.streams.getMessage(stream, { last_by_subj: subject })),
    async from(subject, place) {
      const query = { seq: place, next_by_subj: subject }
      try {
        const answer = await connection.request(`$JS.API.DIRECT.GET.${stream}`, JSON.stringify(query), {
          timeout: MESSAGE_MS,
        })
        const found = Number(answer.headers?.get('Nats-Sequence'))
        if (found > 0) return { data: answer.data, place: found }
      } catch (error) {
        if (!(error instanceof NatsError) || error.code !== ErrorCode.NoResponders) throw error
      }
      const stored = await orMissing(manager.streams.getMessage(stream, query))
      return stored && { data: stored.data, place: stored.seq }
    },
    async drop(subject, places) {
      // One by one, for nats-server 2.9 goes on to count what is purged by subject against the limits of account and
      // server, until it has no room left. Purged is only what may be there beside.
      await eachOf(places, async (place) => {
        try {
          await manager.streams.deleteMessage(stream, place, false)
        } catch (error) {
          // It is gone already, or the stream was made so that nothing can be deleted.
          if (!(error instanceof NatsError && error.api_error)) throw error
        }
      })
      await manager.streams.purge(stream, { filter: subject })
    },
    async now(subject) {
      // A consumer tells when it was made.
      const { name, created } = await manager.consumers.add(stream, {
        ack_policy: AckPolicy.None,
        deliver_policy: DeliverPolicy.New,
        filter_subject: subject,
        inactive_threshold: nanos(5_000),
        mem_storage: true,
      })
      manager.consumers.delete(stream, name).catch(() => undefined)
      return Date.parse(created)
    },
  }
}

/** No more questions at once than a server bears. */
export async function eachOf<T, R>(all: readonly T[], ask: (one: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = []
  for (let at = 0; at < all.length; at += QUESTIONS_AT_ONCE) {
    answers.push(...(await Promise.all(all.slice(at, at + QUESTIONS_AT_ONCE).map(ask))))
  }
  return answers
}

async function orMissing(asked: Promise<StoredMsg>): Promise<StoredMsg | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === NO_MESSAGE) return undefined
    throw error
  }
}
