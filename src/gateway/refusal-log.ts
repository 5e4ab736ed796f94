import type { FastifyBaseLogger } from 'fastify'
import { MINUTE, type Span } from '../domain/instant.ts'

/** Requests that are refused for now: in an outage a thousand a second, of which the log needs to say but that there are. */
export interface RefusalLog {
  /** `log` is the request's own. `kind`: one of few, as of a route and a code. */
  refused(
    log: FastifyBaseLogger,
    refusal: { readonly kind: string; readonly code: string; readonly message: string },
  ): void
  /** Tells what is still to be told. */
  close(): void
}

interface Kind {
  more: number
  /** Says how many came since, once the span is over. */
  readonly timer: NodeJS.Timeout
  tell(): void
}

const MOST_KINDS = 256

/** The first of a kind is a line at once, all others of the same span one together with their count. */
export function refusalLog(every: Span = MINUTE): RefusalLog {
  const kinds = new Map<string, Kind>()
  return {
    refused(log, { kind, code, message }) {
      const known = kinds.get(kind)
      if (known) {
        known.more++
        return
      }
      // Routes and codes are few: what is more is counted as one.
      if (kinds.size >= MOST_KINDS && kind !== '') return this.refused(log, { kind: '', code, message })
      log.warn({ code }, message)
      const begun: Kind = {
        more: 0,
        timer: setTimeout(() => begun.tell(), every).unref(),
        tell() {
          kinds.delete(kind)
          if (begun.more > 0)
            log.warn({ code, more: begun.more }, `${message} (${begun.more} more of its kind since)`)
        },
      }
      kinds.set(kind, begun)
    },
    close() {
      for (const { timer, tell } of kinds.values()) {
        clearTimeout(timer)
        tell()
      }
    },
  }
}
