import type { ReplyCode, ReplyError } from '../protocol/codes.ts'

/** The server understood the request and refused it. */
export class RequestRefused extends Error {
  readonly code: ReplyCode
  /** The same request may succeed later. */
  readonly temporary: boolean
  constructor(error: ReplyError) {
    super(error.message)
    this.name = 'RequestRefused'
    this.code = error.code
    this.temporary = error.temporary
  }
}

/** No reply came in time; the request may or may not have been carried out. */
export class RequestTimedOut extends Error {
  constructor(request: string, afterMs: number) {
    super(`no reply to ${request} within ${afterMs} ms`)
    this.name = 'RequestTimedOut'
  }
}

/** The connection is not open, or was lost before the reply came. */
export class NotConnected extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'NotConnected'
  }
}

/** The connection ended for good: closed by us, or by the server with a code that means 'do not come back'. */
export class ConnectionClosed extends Error {
  readonly closeCode: number
  constructor(closeCode: number, reason: string) {
    super(reason || `closed with code ${closeCode}`)
    this.name = 'ConnectionClosed'
    this.closeCode = closeCode
  }
}
