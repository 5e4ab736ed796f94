import { ConnectionClosed, NotConnected } from '../client/client-errors.ts'
import { HttpProblem } from '../client/http.ts'
import { TickcastError } from '../domain/errors.ts'

/** The flags of commands that talk to a running server. */
export interface ClientFlags {
  readonly url: string
  readonly token?: string
}

/** Turns what can go wrong between a command and a server into one line that says what to do. */
export async function reached<T>(url: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    if (error instanceof HttpProblem || error instanceof ConnectionClosed) {
      const isLocked = error instanceof HttpProblem && error.code === 'unauthorized'
      const remedy = isLocked ? ': --token or TICKCAST_TOKEN says which' : ''
      const message = `${error.message} (from ${url})${remedy}`
      throw new TickcastError('server_unreachable', message, { cause: error })
    }
    // `fetch` has one class for whatever kept it from an answer.
    if (error instanceof TypeError || error instanceof NotConnected) {
      const remedy = 'is it running (npm start)? --url says where'
      throw new TickcastError('server_unreachable', `no Tickcast at ${url}: ${remedy}`, { cause: error })
    }
    throw error
  }
}
