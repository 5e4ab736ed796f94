import {
  DiscardPolicy,
  type JetStreamManager,
  NatsError,
  nanos,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from 'nats'
import { TickcastError } from '../domain/errors.ts'
import { DAY, MINUTE, type Span } from '../domain/instant.ts'
import { subjectOf, TOPICS, type Topic } from '../protocol/topics.ts'
import type { Stored } from './wire.ts'

export interface StreamLimits {
  readonly name: string
  /** What the server keeps at most, oldest dropped first: bytes of the stream, age, messages of one station. */
  readonly maxBytes: number
  readonly maxAge: Span | undefined
  readonly maxPerStation: number | undefined
}

const MIB = 2 ** 20

/**
 * One stream a topic. Eight years of ten-minute ticks are some 200 MiB, a score message is up to 60 KiB, a
 * verification 200 KiB and a forecast 12 KiB; together all streams stay below 1 GiB, which a small server's disk bears.
 */
export const STREAMS: { readonly [T in Topic]: StreamLimits } = {
  station: { name: 'TICKCAST_STATIONS', maxBytes: 16 * MIB, maxAge: undefined, maxPerStation: 1 },
  tick: { name: 'TICKCAST_TICKS', maxBytes: 512 * MIB, maxAge: 30 * DAY, maxPerStation: undefined },
  reading: { name: 'TICKCAST_READINGS', maxBytes: 128 * MIB, maxAge: 7 * DAY, maxPerStation: undefined },
  forecast: { name: 'TICKCAST_FORECASTS', maxBytes: 128 * MIB, maxAge: 30 * DAY, maxPerStation: 5000 },
  // More of a station than a publisher has under way: of what is dropped the server does not know the ids after a crash.
  score: { name: 'TICKCAST_SCORES', maxBytes: 128 * MIB, maxAge: 30 * DAY, maxPerStation: 600 },
  outside: { name: 'TICKCAST_OUTSIDE', maxBytes: 8 * MIB, maxAge: 30 * DAY, maxPerStation: 5000 },
  verification: { name: 'TICKCAST_VERIFICATIONS', maxBytes: 16 * MIB, maxAge: 7 * DAY, maxPerStation: 1 },
  status: { name: 'TICKCAST_STATUS', maxBytes: 16 * MIB, maxAge: 7 * DAY, maxPerStation: 1 },
  rejected: { name: 'TICKCAST_REJECTED', maxBytes: 64 * MIB, maxAge: 30 * DAY, maxPerStation: 10_000 },
}

/** How long the server knows a message again by its id; a retry after a longer outage may be stored twice. */
const DUPLICATE_WINDOW = 2 * MINUTE

const NO_STREAM = 10059
const NO_MESSAGE = 10037
const NAME_IN_USE = 10058

/** Creates the streams that are missing and leaves those that are there as they are, whatever their limits. */
export async function ensureStreams(manager: JetStreamManager, address: string): Promise<void> {
  await Promise.all(TOPICS.map((topic) => ensureStream(manager, { topic, address })))
}

async function ensureStream(
  manager: JetStreamManager,
  { topic, address }: { readonly topic: Topic; readonly address: string },
): Promise<void> {
  const { name } = STREAMS[topic]
  const there = (await find(manager, name)) ?? (await add(manager, { topic, address }))
  const { subjects, retention } = there.config
  if (!subjects?.includes(subjectOf('*', topic)) || retention !== RetentionPolicy.Limits) {
    throw new TickcastError(
      'bus_unreachable',
      `the stream ${name} of NATS at ${address} holds ${(subjects ?? []).join(', ')} with ${retention} retention, ` +
        `not ${subjectOf('*', topic)} with limits: rename or remove it, or use another server or account`,
    )
  }
}

/** How many messages are looked at, from the newest back, for one that is of its topic. */
const MOST_LOOKED_AT = 100

/** The messages of a subject from the newest back, each asked of the server when it is wanted; a hundred at most. */
export async function* newestFirst(
  manager: JetStreamManager,
  { topic, subject }: { readonly topic: Topic; readonly subject: string },
): AsyncGenerator<Stored, void, undefined> {
  const { name } = STREAMS[topic]
  const ask = async (query: SubjectQuery): Promise<Stored | undefined> => {
    try {
      const { data, seq, time } = await manager.streams.getMessage(name, query)
      return { subject, data, sequence: seq, storedAt: time.getTime() }
    } catch (error) {
      if (error instanceof NatsError && error.api_error?.err_code === NO_MESSAGE) return undefined
      throw error
    }
  }
  let stored = await ask({ last_by_subj: subject })
  for (let count = 0; stored !== undefined && count < MOST_LOOKED_AT; count++) {
    yield stored
    stored = await lastBefore(stored.sequence, (seq) => ask({ seq, next_by_subj: subject }))
  }
}

/**
 * The server finds the first message from a place on and the last of all, but none backwards: so steps back are
 * doubled until one lies in between, and the stretch behind it is halved until it is the last. Messages of a station
 * lie close together mostly, in a stream of a hundred million it takes some fifty questions.
 */
async function lastBefore(
  end: number,
  firstFrom: (sequence: number) => Promise<Stored | undefined>,
): Promise<Stored | undefined> {
  const between = async (from: number, to: number): Promise<Stored | undefined> => {
    const first = await firstFrom(from)
    return first && first.sequence < to ? first : undefined
  }
  let found: Stored | undefined
  for (let step = 1; !found && step < 2 * end; step *= 2) found = await between(Math.max(1, end - step), end)
  let until = end
  while (found && found.sequence + 1 < until) {
    const middle = Math.floor((found.sequence + 1 + until) / 2)
    const later = await between(middle, end)
    if (later) found = later
    else until = middle
  }
  return found
}

type SubjectQuery =
  | { readonly last_by_subj: string }
  | { readonly seq: number; readonly next_by_subj: string }

/** Drops what the streams hold of a station, but for its own message. */
export async function purge(manager: JetStreamManager, station: string): Promise<void> {
  const topics = TOPICS.filter((topic) => topic !== 'station')
  await Promise.all(
    topics.map((topic) => manager.streams.purge(STREAMS[topic].name, { filter: subjectOf(station, topic) })),
  )
}

async function find(manager: JetStreamManager, name: string): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(name)
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === NO_STREAM) return undefined
    throw error
  }
}

async function add(
  manager: JetStreamManager,
  { topic, address }: { readonly topic: Topic; readonly address: string },
): Promise<StreamInfo> {
  try {
    return await manager.streams.add(configOf(topic))
  } catch (error) {
    if (!(error instanceof NatsError) || !error.api_error) throw error
    // Another process, perhaps of another version, created it first.
    if (error.api_error.err_code === NAME_IN_USE) return manager.streams.info(STREAMS[topic].name)
    throw new TickcastError(
      'bus_unreachable',
      `NATS at ${address} cannot hold the stream ${STREAMS[topic].name} ` +
        `(${STREAMS[topic].maxBytes / MIB} MiB of ${subjectOf('*', topic)}): ${error.api_error.description}`,
      { cause: error },
    )
  }
}

function configOf(topic: Topic): Partial<StreamConfig> & Pick<StreamConfig, 'name'> {
  const { name, maxBytes, maxAge, maxPerStation } = STREAMS[topic]
  return {
    name,
    subjects: [subjectOf('*', topic)],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    max_bytes: maxBytes,
    ...(maxAge !== undefined && { max_age: nanos(maxAge) }),
    ...(maxPerStation !== undefined && { max_msgs_per_subject: maxPerStation }),
    duplicate_window: nanos(DUPLICATE_WINDOW),
  }
}
