import type { Fold } from '../domain/fold.ts'
import { HOUR, type Instant, type Span } from '../domain/instant.ts'
import type { Reading } from '../domain/reading.ts'
import type { Arrival } from './arrival.ts'

/** A gap: readings did not come. Emitted before the bridged readings and the reading that ends it. */
export interface Gap {
  readonly kind: 'gap'
  /** The last reading before it. */
  readonly after: Instant
  /** Rows that did not come: never 0. */
  readonly missing: number
  /** False where it is too long to be bridged: whatever counts rows, as the window does, starts anew. */
  readonly bridged: boolean
}

export type BridgedArrival = Arrival | Gap

export interface BridgeState {
  /** The last real reading of the session. */
  readonly last: Reading | undefined
}

export interface BridgeOptions {
  readonly cadence: Span
  /** The longest span of missing rows that is bridged, such as a station's `hold`; two rows always are. Default 3 h. */
  readonly maxBridge?: Span
}

/**
 * Fills short gaps so that rows stay a cadence apart, as the window's stride takes them to be. A bridged reading
 * holds the last real values and knows nothing of the reading that ends the gap: a forecast from it stays honest.
 * Missing rows are round(distance / cadence) - 1, so 80 minutes in an hourly series are no gap: the station's
 * clock was set, and the grid goes on from the new stamp.
 */
export function bridge({
  cadence,
  maxBridge = 3 * HOUR,
}: BridgeOptions): Fold<BridgeState, Arrival, readonly BridgedArrival[]> {
  const longest = Math.max(maxBridge, 2 * cadence)

  return {
    initial: () => ({ last: undefined }),
    step(state, arrival) {
      if (arrival.kind === 'session') return { state: { last: undefined }, output: [arrival] }
      if (arrival.kind === 'rejected') return { state, output: [arrival] }
      const { last } = state
      const { reading } = arrival
      const missing = last ? Math.round((reading.eventTime - last.eventTime) / cadence) - 1 : 0
      if (last === undefined || missing < 1) return { state: { last: reading }, output: [arrival] }

      const bridged = missing * cadence <= longest
      const output: BridgedArrival[] = [{ kind: 'gap', after: last.eventTime, missing, bridged }]
      for (let row = 1; bridged && row <= missing; row++) {
        output.push({ kind: 'reading', reading: heldOver(last, last.eventTime + row * cadence, reading) })
      }
      output.push(arrival)
      return { state: { last: reading }, output }
    },
  }
}

/** Of the reading that ends the gap only what is no measurement: when it came in, and by which replay. */
function heldOver(last: Reading, eventTime: Instant, { ingestTime, replay }: Reading): Reading {
  return { eventTime, ingestTime, values: last.values, bridged: true, ...(replay && { replay }) }
}
