import {
  type JetStreamManager,
  NatsError,
  type RetentionPolicy,
  type StreamConfig,
  type StreamInfo,
} from 'nats'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import type { NatsLink } from './nats-connection.ts'

/** A stream that is a bucket of NATS's object or key-value store. */
export type BucketConfig = Partial<StreamConfig> & {
  readonly name: string
  readonly subjects: string[]
  readonly retention: RetentionPolicy
  readonly max_bytes: number
}

const NO_STREAM = 10059
const NAME_IN_USE = 10058
/** A message was not stored: its stream is full, which the description says. */
const STORE_FAILED = 10077
/** Of the account, of the server, of the disk it was given. */
const NO_RESOURCES = [10002, 10023, 10028, 10047]

const MIB = 2 ** 20

/** Creates a bucket that is missing and leaves one that is there as it is, whatever its limits. */
export async function ensureBucket({ manager, address }: NatsLink, config: BucketConfig): Promise<void> {
  const there = (await find(manager, config.name)) ?? (await add(manager, { address, config }))
  const { subjects = [], allow_rollup_hdrs: rollup } = there.config
  if (config.subjects.every((subject) => subjects.includes(subject)) && rollup) return
  throw new TickcastError(
    'store_unwritable',
    `the stream ${config.name} of NATS at ${address} is no bucket for what stations know: rename or remove it, or use ` +
      'another server or account',
  )
}

async function find(manager: JetStreamManager, name: string): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(name)
  } catch (error) {
    if (codeOf(error) === NO_STREAM) return undefined
    throw error
  }
}

async function add(
  manager: JetStreamManager,
  { address, config }: { readonly address: string; readonly config: BucketConfig },
): Promise<StreamInfo> {
  const { name, max_bytes: most } = config
  try {
    return await manager.streams.add(config)
  } catch (error) {
    const code = codeOf(error)
    // Another process, perhaps of another version, created it first.
    if (code === NAME_IN_USE) return manager.streams.info(name)
    if (code === undefined || !NO_RESOURCES.includes(code)) throw error
    const byHand = name.startsWith('OBJ_') ? `object add ${name.slice(4)}` : `kv add ${name.slice(3)}`
    throw new TickcastError(
      'store_full',
      `JetStream of NATS at ${address} has no ${most / MIB} MiB for the bucket ${name} (${errorMessage(error)}): give it ` +
        `more (\`max_file_store\`, or the disk itself), or create a smaller one (\`nats ${byHand} --max-bucket-size 500MB\`)`,
      { cause: error },
    )
  }
}

/** What went wrong with a bucket, for a person. What is no failure of NATS stays as it is. */
export function bucketFailure(
  cause: unknown,
  { address, name }: { readonly address: string; readonly name: string },
): unknown {
  if (!(cause instanceof NatsError)) return cause
  const description = cause.api_error?.description ?? cause.message
  const code = codeOf(cause)
  if (code === STORE_FAILED && /maximum (bytes|messages)/.test(description)) {
    return new TickcastError(
      'store_full',
      `the bucket ${name} of NATS at ${address} is full: give it more room (\`nats stream edit ${name} ` +
        '--max-bytes 8GB`), or remove stations that are not needed (`tickcast remove`)',
      { cause },
    )
  }
  if (code === STORE_FAILED || (code !== undefined && NO_RESOURCES.includes(code))) {
    return new TickcastError(
      'store_full',
      `JetStream of NATS at ${address} has no room left for the bucket ${name} (${description}): give it more ` +
        '(`max_file_store`, or the disk itself), or remove stations that are not needed (`tickcast remove`)',
      { cause },
    )
  }
  if (cause.api_error && code !== NO_STREAM) {
    return new TickcastError('store_unwritable', `the bucket ${name} of NATS at ${address}: ${description}`, {
      cause,
    })
  }
  return new TickcastError(
    'bus_unreachable',
    `the bucket ${name} of NATS at ${address} does not answer: ${WORDS[cause.code] ?? errorMessage(cause)}`,
    { cause },
  )
}

const WORDS: Record<string, string> = {
  TIMEOUT: 'the server is away or busy',
  '503': 'its JetStream is not ready, or the bucket was removed',
  '404': 'the bucket was removed',
  CONNECTION_CLOSED: 'the connection is closed',
}

function codeOf(error: unknown): number | undefined {
  return error instanceof NatsError ? error.api_error?.err_code : undefined
}
