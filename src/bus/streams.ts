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
  score: { name: 'TICKCAST_SCORES', maxBytes: 64 * MIB, maxAge: 30 * DAY, maxPerStation: 100 },
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

/** The message stored last on a subject; undefined where none is kept. */
export async function newestOf(
  manager: JetStreamManager,
  { topic, subject }: { readonly topic: Topic; readonly subject: string },
): Promise<Stored | undefined> {
  try {
    const { data, seq, time } = await manager.streams.getMessage(STREAMS[topic].name, {
      last_by_subj: subject,
    })
    return { subject, data, sequence: seq, storedAt: time.getTime() }
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === NO_MESSAGE) return undefined
    throw error
  }
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
