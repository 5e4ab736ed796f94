import { WebSocket } from 'ws'
import { type ConnectOptions, connect as connectBy, type StreamClient } from './client.ts'
import type { OpenSocket } from './socket.ts'

/** A server that accepts a connection and sends nothing counts as unreachable. */
const HANDSHAKE_MS = 10_000

/** By `ws`, which also tells why a connection failed. */
export const wsSocket: OpenSocket = ({ url, protocols }, on) => {
  const socket = new WebSocket(url, [...protocols], { handshakeTimeout: HANDSHAKE_MS })
  let lastError = ''
  socket.on('open', () => on.opened())
  socket.on('message', (data, isBinary) => {
    if (!isBinary) on.message(data.toString())
  })
  socket.on('error', (error) => {
    lastError = error.message
  })
  socket.on('close', (code, reason) => on.lost(code, reason.toString() || lastError))
  return { send: (text) => socket.send(text), close: () => socket.close(1000) }
}

/** `connect` for Node, which before version 22 has no WebSocket of its own. */
export function connect(options: ConnectOptions): StreamClient {
  return connectBy({ ...options, openSocket: options.openSocket ?? wsSocket })
}
