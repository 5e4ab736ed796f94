import { type ReplyError, replyError } from '../protocol/codes.ts'
import { DEEP, tooDeep } from '../protocol/nesting.ts'
import { issueText } from '../protocol/schema-issue.ts'
import { type ClientFrame, clientFrameSchema } from '../protocol/stream-frames.ts'

export type RequestId = number | string

export type ReadFrame =
  | { readonly ok: true; readonly frame: ClientFrame }
  | { readonly ok: false; readonly id: RequestId | null; readonly error: ReplyError }

const REQUESTS = ['subscribe', 'unsubscribe', 'ping', 'replay'] as const

/** Parses a frame of a client. An error reply carries the id of the frame where it has a usable one. */
export function readFrame(text: string): ReadFrame {
  let frame: unknown
  try {
    frame = JSON.parse(text)
  } catch {
    const begin = text.length > 40 ? `${text.slice(0, 39)}…` : text
    return { ok: false, id: null, error: replyError('bad_json', `no JSON: '${begin}'`) }
  }
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) {
    return rejected(null, 'a frame is an object with an id and a request')
  }
  const id = idOf(frame)
  if (tooDeep(frame)) return rejected(id, `a frame that is ${DEEP}`)
  const named = REQUESTS.filter((request) => request in frame)
  const [request] = named
  if (request === undefined) {
    const unknown = Object.keys(frame).filter((key) => key !== 'id')
    const found = unknown.length === 0 ? 'no request' : `no request ${unknown.map(quoted).join(', ')}`
    return rejected(id, `${found}: ${REQUESTS.join(', ')}`)
  }
  if (named.length > 1) return rejected(id, `one request a frame, not ${named.join(' and ')}`)
  const schema = clientFrameSchema.options.find((option) => request in option.shape)
  const read = schema?.safeParse(frame)
  if (!read?.success)
    return rejected(id, read ? issueText(read.error, frame) : `no request ${quoted(request)}`)
  return { ok: true, frame: read.data }
}

function rejected(id: RequestId | null, message: string): ReadFrame {
  return { ok: false, id, error: replyError('bad_request', message) }
}

function idOf(frame: object): RequestId | null {
  if (!('id' in frame)) return null
  const { id } = frame
  if (typeof id === 'number') return id
  return typeof id === 'string' && id.length <= 64 ? id : null
}

function quoted(key: string): string {
  return `'${key.length > 40 ? `${key.slice(0, 39)}…` : key}'`
}
