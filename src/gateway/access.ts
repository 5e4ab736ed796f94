import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { TickcastError } from '../domain/errors.ts'
import { type ReplyError, replyError } from '../protocol/codes.ts'
import { TOKEN_SUBPROTOCOL } from '../protocol/stream-address.ts'

/*
 * Who may talk to the gateway. Bound to loopback, everybody on this machine, but no page of another site that a
 * browser here happens to show: such a page may send requests (hence the origin's check) and, by pointing a name of
 * its own at 127.0.0.1, even read the answers (hence the host's). Bound to anything else, whoever has the token.
 */

/** Headers of a request, plain or upgrade, that access is decided by. */
export interface Caller {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  /** Where it was sent to, as `name:port`: one, unless the client breaks HTTP. */
  readonly hosts: readonly string[]
  /** Value of `?token=`, or of what senders call it that were made for others. */
  readonly queryToken: string | undefined
}

export interface Access {
  /** Undefined where host and origin are in order. */
  wrongSite(caller: Caller): ReplyError | undefined
  /** Undefined where the token is in order or none is set. */
  wrongToken(caller: Caller): ReplyError | undefined
}

/**
 * `allowOrigins`: pages of elsewhere that may ask, and read the answers. Throws `usage` for an address that others can reach
 * and that no token protects.
 */
export function accessRules({
  host,
  token,
  allowOrigins = [],
}: {
  readonly host: string
  readonly token: string | undefined
  readonly allowOrigins?: readonly string[] | undefined
}): Access {
  const local = isLoopback(host)
  if (token === '') throw new TickcastError('usage', '--token: an empty token protects nothing')
  if (!local && token === undefined) {
    throw new TickcastError(
      'usage',
      `--host ${host} lets others in: set a token too (--token or TICKCAST_TOKEN), or listen on 127.0.0.1`,
    )
  }
  const expected = token === undefined ? undefined : digest(token)
  return {
    wrongSite({ method, headers, hosts }) {
      const [host, ...others] = hosts
      if (others.length > 0) return replyError('bad_request', `Host: ${hosts.length} of them; one a request`)
      if (local && !isLoopback(hostname(host ?? ''))) {
        return forbidden(`host '${shortened(host)}': ask for localhost or 127.0.0.1`)
      }
      const { origin } = headers
      const reads = method === 'GET' || method === 'HEAD'
      const checked = !reads || headers.upgrade !== undefined
      if (!checked || origin === undefined) return undefined
      const from = URL.canParse(origin) ? new URL(origin) : undefined
      if (from && (from.host === host || isLoopback(hostname(from.host)))) return undefined
      if (allowOrigins.includes(origin)) return undefined
      return forbidden(
        `origin '${shortened(origin)}': only the page of this server may ask, and those of --allow-origin`,
      )
    },
    wrongToken(caller) {
      if (expected === undefined) return undefined
      const given = givenToken(caller)
      if (given === undefined) {
        return replyError('unauthorized', "a token is needed: 'Authorization: Bearer ...' or '?token=...'")
      }
      // Of equal length, whatever was given: the comparison takes the same time and tells nothing.
      return timingSafeEqual(digest(given), expected) ? undefined : replyError('unauthorized', 'wrong token')
    },
  }
}

/** A target in absolute form names the host itself, and the header counts for nothing then (RFC 9112, 3.2.2). */
export function callerOf({ method = 'GET', url = '', headers, rawHeaders }: IncomingMessage): Caller {
  const query = url.split('?')[1]
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url)?.[1]
  const named = rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === 'host')
  return {
    method,
    headers,
    hosts: named.length < 2 && authority !== undefined ? [authority] : named,
    queryToken: query === undefined ? undefined : tokenIn(new URLSearchParams(query)),
  }
}

export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  if (name === 'localhost' || name === '::1') return true
  return isIP(name) === 4 && name.startsWith('127.')
}

/** InfluxDB 1 calls it `p`, Weather Underground `PASSWORD`. */
function tokenIn(query: URLSearchParams): string | undefined {
  return query.get('token') ?? query.get('p') ?? query.get('PASSWORD') ?? undefined
}

function givenToken({ headers, queryToken }: Caller): string | undefined {
  const [, scheme, given] = /^(Bearer|Token|Basic) +(.+)$/i.exec(headers.authorization ?? '') ?? []
  if (given !== undefined) return scheme?.toLowerCase() === 'basic' ? passwordOf(given) : given
  if (queryToken !== undefined) return queryToken
  const offered = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? []
  const named = offered.find((name) => name.startsWith(TOKEN_SUBPROTOCOL))
  return named && Buffer.from(named.slice(TOKEN_SUBPROTOCOL.length), 'base64url').toString()
}

/** Of `user:password` in base64, whoever the user is. */
function passwordOf(basic: string): string {
  const text = Buffer.from(basic, 'base64').toString()
  return text.slice(text.indexOf(':') + 1)
}

/** The name in a `Host` header or a URL's host, its port left out. */
function hostname(host: string): string {
  return /^(\[[^\]]*\]|[^:]*)(:\d+)?$/.exec(host)?.[1] ?? ''
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function forbidden(message: string): ReplyError {
  return replyError('forbidden_origin', message)
}

function shortened(text: string | undefined): string {
  return (text ?? '').slice(0, 100)
}
