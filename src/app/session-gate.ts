import type { StationState } from '../core/station-state.ts'
import { type Deferred, deferred } from '../domain/deferred.ts'
import type { AcceptTick } from '../flow/deliveries.ts'

/** Which ticks a pipeline takes, by the replay sessions that they are of. ULIDs sort by time: a smaller one is over. */
export interface SessionGate {
  /** The newest session that is known. */
  readonly session: string
  /** A session was announced, and the pipeline is to take its ticks. */
  announce(session: string): void
  readonly accept: AcceptTick
}

/** `state`: the pipeline's, which knows the rows that it has taken in: one that comes again is passed over. */
export function sessionGate(session: string, state: () => StationState): SessionGate {
  let newest = session
  let announced: Deferred<void> = deferred()

  return {
    get session() {
      return newest
    },
    announce(next) {
      if (next <= newest) return
      newest = next
      announced.resolve()
      announced = deferred()
    },
    accept({ replay }) {
      if (replay === undefined) return true
      if (replay.session < newest) return false
      const { row } = replay
      if (replay.session > newest) {
        // One that begins with its first row begins anew, whoever announces it; another may go on from a state that is
        // kept, which its announcement says. Over NATS that may come behind the ticks.
        if (row !== undefined && row > 1) return announced.promise
        newest = replay.session
      }
      const { order, tapeRow } = state()
      return row === undefined || tapeRow === undefined || order.session !== replay.session || row > tapeRow
    },
  }
}
