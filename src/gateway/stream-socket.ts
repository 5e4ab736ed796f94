import { WebSocket } from 'ws'
import { CLOSE_CODES, replyError } from '../protocol/codes.ts'
import { LIMITS } from './limits.ts'

/** What `ws` closes with when a frame is over `maxPayload`. */
const MESSAGE_TOO_BIG = 1009

/**
 * The server's end of a stream. An oversized frame is answered with an error like any other bad one, without an id
 * since it is not read. The line is then closed with a code of ours that tells clients not to come back.
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
