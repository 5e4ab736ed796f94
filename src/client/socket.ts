/** A WebSocket as the client uses it; opened by the environment's own means, so that none is pulled in where it is not used. */
export interface Socket {
  send(text: string): void
  close(): void
}

export interface SocketEvents {
  opened(): void
  message(text: string): void
  /** Called once, last: `code` is the close code, 1006 where the connection broke or never came about. */
  lost(code: number, reason: string): void
}

export type OpenSocket = (
  address: { readonly url: string; readonly protocols: readonly string[] },
  on: SocketEvents,
) => Socket

/** By the platform's `WebSocket`: every browser's, and Node's from 22 on. */
export const standardSocket: OpenSocket = ({ url, protocols }, on) => {
  const socket = new WebSocket(url, [...protocols])
  socket.addEventListener('open', () => on.opened())
  socket.addEventListener('message', (event) => {
    if (typeof event.data === 'string') on.message(event.data)
  })
  socket.addEventListener('close', (event) => on.lost(event.code, event.reason))
  return { send: (text) => socket.send(text), close: () => socket.close(1000) }
}
