import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { CLOSE_CODES, type ReplyError, replyError } from '../protocol/codes.ts'
import { STREAM_PATH, SUBPROTOCOL } from '../protocol/stream-address.ts'
import { type Access, callerOf } from './access.ts'
import { Connection, type ConnectionOptions } from './client-connection.ts'
import { rawProblem } from './problem.ts'
import type { RequestBounds } from './request-bounds.ts'
import { StreamSocket } from './stream-socket.ts'

export interface StreamOptions extends Omit<ConnectionOptions, 'socket' | 'onClosed'> {
  readonly access: Access
  readonly bounds: RequestBounds
}

/** All WebSocket clients of `/v1/stream`. */
export interface Stream {
  clients(): number
  /** Tells every client that a planned stop is due, and resolves when all are gone. */
  close(): Promise<void>
}

const BEAT_MS = 1_000
/** How long a planned stop waits for clients to take their leave. */
const LEAVE_MS = 1_000

export function openStream(server: Server, { access, bounds, ...options }: StreamOptions): Stream {
  const { limits } = options
  const sockets = new WebSocketServer<typeof StreamSocket>({
    noServer: true,
    maxPayload: limits.frameBytes,
    clientTracking: false,
    WebSocket: StreamSocket,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  })
  const open = new Set<StreamSocket>()
  const connections = new Set<Connection>()

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const caller = callerOf(request)
    const error =
      bounds.refusal(request, { cost: limits.streamCost })?.error ??
      rejection(request.url, access.wrongSite(caller), connections.size >= limits.clients)
    if (error) {
      socket.on('error', () => undefined)
      socket.end(rawProblem(error))
      return
    }
    sockets.handleUpgrade(request, socket, head, (opened) => {
      open.add(opened)
      opened.on('close', () => open.delete(opened))
      const unauthorized = access.wrongToken(caller)
      if (unauthorized) {
        // With a close code, as a browser is not told why an upgrade failed and would reconnect for ever.
        opened.on('error', () => undefined)
        opened.close(CLOSE_CODES.unauthorized, unauthorized.message)
        return
      }
      const connection: Connection = new Connection({
        ...options,
        socket: opened,
        onClosed: () => connections.delete(connection),
      })
      connections.add(connection)
    })
  }
  server.on('upgrade', upgrade)
  const beat = setInterval(() => {
    for (const connection of [...connections]) connection.beat()
  }, BEAT_MS)

  return {
    clients: () => connections.size,
    async close() {
      clearInterval(beat)
      server.off('upgrade', upgrade)
      for (const connection of [...connections]) connection.goAway('the server stops')
      const gone = [...open].map((socket) => new Promise((resolve) => socket.once('close', resolve)))
      const late = setTimeout(() => {
        for (const socket of open) socket.terminate()
      }, LEAVE_MS)
      await Promise.all(gone)
      clearTimeout(late)
    },
  }
}

function rejection(
  url: string | undefined,
  wrongSite: ReplyError | undefined,
  full: boolean,
): ReplyError | undefined {
  const path = url?.split('?')[0]
  if (path !== STREAM_PATH)
    return replyError('not_found', `no WebSocket at ${path?.slice(0, 200)}: ${STREAM_PATH}`)
  if (wrongSite) return wrongSite
  return full
    ? replyError('busy', 'as many streams are open as are served: try again in a moment')
    : undefined
}
