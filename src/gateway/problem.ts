import type { FastifyReply } from 'fastify'
import { REPLY_CODES, type ReplyCode, type ReplyError, replyError } from '../protocol/codes.ts'

/** A request that cannot be served, thrown by routes; `extra` goes into the problem as it is. */
export class Problem extends Error {
  readonly error: ReplyError
  readonly extra: object
  constructor(error: ReplyError, extra: object = {}) {
    super(error.message)
    this.name = 'Problem'
    this.error = error
    this.extra = extra
  }
}

export function problem(code: ReplyCode, message: string): Problem {
  return new Problem(replyError(code, message))
}

/** RFC 9457, with the code of the table and whether the same request may succeed later. */
export function problemBody({ code, message, temporary }: ReplyError, extra: object = {}): object {
  const { http, meaning } = REPLY_CODES[code]
  return {
    type: `urn:tickcast:${code}`,
    title: meaning,
    status: http,
    detail: message,
    code,
    temporary,
    ...extra,
  }
}

export function sendProblem(reply: FastifyReply, error: ReplyError, extra: object = {}): FastifyReply {
  if (error.code === 'unauthorized') void reply.header('www-authenticate', 'Bearer realm="tickcast"')
  return (
    reply
      .code(REPLY_CODES[error.code].http)
      .type('application/problem+json')
      // As bytes: to text fastify would add a charset, which this media type does not have.
      .send(Buffer.from(JSON.stringify(problemBody(error, extra))))
  )
}
