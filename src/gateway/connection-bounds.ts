import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { GatewayLimits } from './limits.ts'

/** Lines that are kept free of everything but probes. */
export interface ConnectionBounds {
  /** True for one of the last lines: it serves a probe and is closed. */
  isForProbes(socket: Socket): boolean
}

type Bounds = Pick<GatewayLimits, 'connections' | 'probeConnections' | 'probeSeconds'>

/**
 * However many strangers hold a line, a health check gets through: the last lines serve nothing else, and none of them
 * stays open. What comes when even those are taken is closed without a word.
 */
export function boundConnections(
  server: Server,
  { connections, probeConnections, probeSeconds }: Bounds,
): ConnectionBounds {
  const forProbes = new WeakSet<Socket>()
  let open = 0
  server.maxConnections = connections
  server.on('connection', (socket) => {
    open++
    const isLast = open > connections - probeConnections
    const late = isLast ? setTimeout(() => socket.destroy(), probeSeconds * 1_000) : undefined
    if (isLast) forProbes.add(socket)
    socket.once('close', () => {
      open--
      clearTimeout(late)
    })
  })
  return { isForProbes: (socket) => forProbes.has(socket) }
}
