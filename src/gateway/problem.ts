import type { FastifyReply } from 'fastify'
import { REPLY_CODES, type ReplyCode, type ReplyError, replyError } from '../protocol/codes.ts'
import { escaped, htmlPage } from '../report/html.ts'
import { influxError } from './influx-error.ts'
import { sendPage } from './page-reply.ts'

/** A request that cannot be served, thrown by routes; `extra` goes into the problem as it is. */
export class Problem extends Error {
  readonly error: ReplyError
  readonly extra: Readonly<Record<string, unknown>>
  constructor(error: ReplyError, extra: Readonly<Record<string, unknown>> = {}) {
    super(error.message)
    this.name = 'Problem'
    this.error = error
    this.extra = extra
  }
}

const PROBLEM_TYPE = 'application/problem+json'
const WORTH_A_WAIT: ReadonlySet<ReplyCode> = new Set(['busy', 'too_many_requests'])

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

/** `retryAfter`: in how many seconds it is worth another try; default 1 where the code says that it is. */
export function sendProblem(
  reply: FastifyReply,
  error: ReplyError,
  { retryAfter = 1, ...extra }: { readonly retryAfter?: number; readonly [key: string]: unknown } = {},
): FastifyReply {
  const { errors } = reply.request.routeOptions.config
  const isInflux = errors === 'influx'
  if (error.code === 'unauthorized')
    void reply.header('www-authenticate', `${isInflux ? 'Token' : 'Bearer'} realm="tickcast"`)
  if (WORTH_A_WAIT.has(error.code)) void reply.header('retry-after', Math.max(1, Math.ceil(retryAfter)))
  void reply.code(REPLY_CODES[error.code].http)
  if (errors === 'page' && reply.request.accepts().type([PROBLEM_TYPE, 'text/html']) === 'text/html')
    return sendPage(reply, problemPage(error))
  if (isInflux) return reply.type('application/json').send(influxError(error))
  // As bytes: to text fastify would add a charset, which this media type does not have.
  return reply.type(PROBLEM_TYPE).send(Buffer.from(JSON.stringify(problemBody(error, extra))))
}

function problemPage({ code, message }: ReplyError): string {
  const { http, meaning } = REPLY_CODES[code]
  return htmlPage(
    CANNOT_BE_SHOWN,
    `<header>\n<h1>${CANNOT_BE_SHOWN}</h1>\n<p>${escaped(message)}</p>\n<p class="quiet">${http}: ${escaped(meaning)}</p>\n</header>`,
  )
}

const CANNOT_BE_SHOWN = 'This cannot be shown'

/** A problem as a raw HTTP response, where there is no request yet that a framework could reply to. */
export function rawProblem(error: ReplyError): string {
  const { http } = REPLY_CODES[error.code]
  const text = JSON.stringify(problemBody(error))
  return [
    `HTTP/1.1 ${http} Refused`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(text)}`,
    ...(WORTH_A_WAIT.has(error.code) ? ['retry-after: 1'] : []),
    'connection: close',
    '',
    text,
  ].join('\r\n')
}
