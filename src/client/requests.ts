import { RequestRefused, RequestTimedOut } from './client-errors.ts'
import type { ServerFrame } from './server-frame.ts'

type Result = Readonly<Record<string, unknown>>

interface Pending {
  readonly resolve: (result: Result) => void
  readonly reject: (error: Error) => void
  readonly timer: ReturnType<typeof setTimeout>
}

/** Requests that wait for the reply with their id. Their ids are strings; numbers are the connection's own. */
export class Requests {
  readonly #pending = new Map<string, Pending>()
  readonly #timeoutMs: number
  #next = 1

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  begin(name: string): { readonly id: string; readonly reply: Promise<Result> } {
    const id = `r${this.#next++}`
    const reply = new Promise<Result>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id)
        reject(new RequestTimedOut(name, this.#timeoutMs))
      }, this.#timeoutMs)
      this.#pending.set(id, { resolve, reject, timer })
    })
    return { id, reply }
  }

  settle(frame: ServerFrame): void {
    if (frame.type !== 'result' && frame.type !== 'error') return
    const pending = typeof frame.id === 'string' ? this.#pending.get(frame.id) : undefined
    if (pending === undefined) return
    this.#pending.delete(String(frame.id))
    clearTimeout(pending.timer)
    if (frame.type === 'result') pending.resolve(frame.result)
    else pending.reject(new RequestRefused(frame.error))
  }

  failAll(error: Error): void {
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer)
      reject(error)
    }
    this.#pending.clear()
  }
}
