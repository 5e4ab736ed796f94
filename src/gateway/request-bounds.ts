import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { type ReplyError, replyError } from '../protocol/codes.ts'
import { ClientRates } from './client-rates.ts'
import { boundConnections } from './connection-bounds.ts'
import type { GatewayLimits } from './limits.ts'

/** What no request may exceed, whatever it is of. */
export interface RequestBounds {
  /** Why a request is not served now, and in how many seconds it may be. `cost`: of an ordinary request, 1. */
  refusal(
    request: IncomingMessage,
    asked?: { readonly probe?: boolean | undefined; readonly cost?: number },
  ): Refusal | undefined
}

export interface Refusal {
  readonly error: ReplyError
  readonly retryAfter: number
}

export function requestBounds(server: Server, limits: GatewayLimits): RequestBounds {
  const lines = boundConnections(server, limits)
  const pace = { perSecond: limits.requestsPerSecond, burst: limits.requestBurst }
  const clock = (): number => performance.now()
  const rates = new ClientRates(pace, clock)
  const probes = new ClientRates(pace, clock)
  return {
    refusal({ socket }, { probe = false, cost = 1 } = {}) {
      if (!probe && lines.isForProbes(socket)) {
        const message = `${limits.connections - limits.probeConnections} connections are open, as many as are served: try again in a moment`
        return { error: replyError('busy', message), retryAfter: 1 }
      }
      const wait = (probe ? probes : rates).wait(addressOf(socket), cost)
      if (wait === undefined) return undefined
      const seconds = Math.max(1, Math.ceil(wait))
      const message = `at most ${pace.perSecond} requests a second of one client: go on in ${seconds} s`
      return { error: replyError('too_many_requests', message), retryAfter: seconds }
    },
  }
}

export function addressOf({ remoteAddress = '' }: Socket): string {
  return remoteAddress.replace(/^::ffff:/, '')
}

/** What Node says of a request that it could not read. */
export function unreadRequest(
  { code }: { readonly code?: string | undefined },
  { headersSeconds, requestSeconds }: GatewayLimits,
): ReplyError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return replyError(
        'timeout',
        `the headers of a request have ${headersSeconds} s to come, all of it ${requestSeconds} s`,
      )
    case 'HPE_HEADER_OVERFLOW':
      return replyError('too_large', 'the headers of a request have at most 16 KiB')
    default:
      return replyError('bad_request', 'what came is no HTTP/1.1 request')
  }
}
