import type { FastifyError } from 'fastify'
import { type ReplyError, replyError } from '../protocol/codes.ts'

/** Bodies of routes other than ticks are short commands. */
export const COMMAND_BYTES = 64 * 1024

/** Maps fastify's own errors to the table of codes; undefined for any other error. */
export function ofFastify(
  error: FastifyError,
  type: string | undefined,
  bodyBytes: number,
): ReplyError | undefined {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return replyError(
        'too_large',
        `the body is over the limit: ticks ${bodyBytes} bytes, in as many bodies as it takes; commands ${COMMAND_BYTES}`,
      )
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return replyError(
        'unsupported_media_type',
        `content-type '${(type ?? 'none').slice(0, 100)}': application/json, application/x-ndjson or text/csv`,
      )
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return replyError('bad_request', 'the body is empty')
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return replyError('bad_json', `the body is no JSON: ${error.message}`)
    default:
      break
  }
  const status = error.statusCode ?? 500
  return status >= 400 && status < 500 ? replyError('bad_request', error.message) : undefined
}
