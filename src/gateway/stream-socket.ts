import { WebSocket } from 'ws'
import { CLOSE_CODES, replyError } from '../protocol/codes.ts'
import { LIMITS } from './limits.ts'

/** What `ws` closes with when a frame is over `maxPayload`. */
const MESSAGE_TOO_BIG = 1009

/**
 * A server's end of a stream. An oversized frame is answered like any other bad one, without an id since it is not
 * read, and ends the line with our own code, which tells clients to stay away.
 */
export class StreamSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    if (code !== MESSAGE_TOO_BIG) {
      super.close(code, reason)
      return
    }
    const error = replyError('too_large', `a frame of more than ${LIMITS.frameBytes} bytes`)
    if (this.readyState === this.OPEN) this.send(JSON.stringify({ id: null, error }))
    super.close(CLOSE_CODES.too_large, 'a frame over the limit')
  }
}
