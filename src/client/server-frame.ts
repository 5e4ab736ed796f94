import type { ReplyError } from '../protocol/codes.ts'
import type { MessageOf } from '../protocol/message-of.ts'
import { CLIENT_TOPICS, type ClientTopic } from '../protocol/topics.ts'

/** A message of a topic as the server pushes it. `PushOf<'forecast'>` carries a `ForecastMessage`. */
export type PushOf<T extends ClientTopic = ClientTopic> = {
  readonly [K in T]: {
    readonly station: string
    readonly topic: K
    /** `snapshot`: the newest there is, sent first. `update`: what came since. */
    readonly kind: 'snapshot' | 'update'
    readonly offset: number
    readonly data: MessageOf[K]
  }
}[T]

/** What a server sends, told apart. */
export type ServerFrame =
  | {
      readonly type: 'result'
      readonly id: number | string
      readonly result: Readonly<Record<string, unknown>>
    }
  | { readonly type: 'error'; readonly id: number | string | null; readonly error: ReplyError }
  | { readonly type: 'push'; readonly push: PushOf }
  | { readonly type: 'closing' }

const TOPICS: ReadonlySet<unknown> = new Set(CLIENT_TOPICS)

/**
 * Reads a frame; undefined for one of a kind this client does not know, which is to be ignored: the protocol grows.
 * The envelope is checked here; what a push carries is held to its schema by the server's own tests, so that the
 * schemas need not travel to the browser.
 */
export function serverFrame(text: string): ServerFrame | undefined {
  const frame = parsed(text)
  if (!isRecord(frame)) return undefined
  const { id } = frame
  if (isRecord(frame['error']) && (isId(id) || id === null)) {
    return isReplyError(frame['error']) ? { type: 'error', id, error: frame['error'] } : undefined
  }
  if (isId(id)) return isRecord(frame['result']) ? { type: 'result', id, result: frame['result'] } : undefined
  if (frame['closing'] !== undefined) return { type: 'closing' }
  return isPush(frame) ? { type: 'push', push: frame } : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isId(value: unknown): value is number | string {
  return typeof value === 'number' || typeof value === 'string'
}

function isReplyError(value: object): value is ReplyError {
  return 'code' in value && 'message' in value && 'temporary' in value
}

function isPush(frame: object): frame is PushOf {
  return (
    'station' in frame &&
    typeof frame.station === 'string' &&
    'topic' in frame &&
    TOPICS.has(frame.topic) &&
    'kind' in frame &&
    (frame.kind === 'snapshot' || frame.kind === 'update') &&
    'offset' in frame &&
    typeof frame.offset === 'number' &&
    'data' in frame &&
    isRecord(frame.data)
  )
}
