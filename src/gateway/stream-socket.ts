import { WebSocket } from 'ws'
import { CLOSE_CODES } from '../protocol/codes.ts'

/** What `ws` closes with when a frame is over `maxPayload`. */
const MESSAGE_TOO_BIG = 1009

/** A server's end of a stream. It ends on an oversized frame with our own code, which tells clients to stay away. */
export class StreamSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    if (code === MESSAGE_TOO_BIG) super.close(CLOSE_CODES.too_large, 'a frame over the limit')
    else super.close(code, reason)
  }
}
