import { HOUR, type Instant } from '../../domain/instant.ts'
import { NEIGHBOUR_SILENCE, type NeighbourReading } from '../../domain/neighbour.ts'
import type { Station } from '../../domain/station.ts'
import {
  columnsOf,
  type MeasuredQuantity,
  measuredQuantity,
  type QuantityState,
} from '../features/measured-quantity.ts'
import { type Family, PRESSURE } from '../features/quantities.ts'

/** Of its target: as far back as a front travels. */
const TARGET: Family = {
  level: { lags: [0], centre: 0, over: 10 },
  change: { lags: [3, 6, 12, 18, 24, 36, 48], over: 6 },
}

export const NEIGHBOUR_COLUMNS: readonly string[] = [
  ...columnsOf(TARGET).map((column) => `neighbour: ${column}`),
  ...columnsOf(PRESSURE).map((column) => `neighbour's pressure: ${column}`),
]

/** Plain data. */
export interface NeighbourQuantities {
  readonly target: QuantityState
  readonly pressure: QuantityState
  /** Event time of the newest reading. */
  newest: Instant
}

/** The columns that are made of a neighbour, whichever it is, by what makes those of the station itself. */
export interface NeighbourColumns {
  initial(): NeighbourQuantities
  /** Times rise. */
  observe(state: NeighbourQuantities, reading: NeighbourReading): void
  /** As of its newest reading by then; undefined where that is too old. Shape [NEIGHBOUR_COLUMNS]. */
  at(state: NeighbourQuantities, issuedAt: Instant): Float64Array | undefined
}

export function neighbourColumns({ cadence }: Pick<Station, 'cadence'>): NeighbourColumns {
  // How often a neighbour measures is not known: hourly will do.
  const pace = { cadence: Math.max(cadence, HOUR) }
  const target = measuredQuantity(
    { name: 'neighbour', of: ([value]) => value!, scale: 'measured', family: TARGET },
    pace,
  )
  const pressure = measuredQuantity(
    { name: "neighbour's pressure", of: ([value]) => value!, scale: 'known', family: PRESSURE },
    pace,
  )
  const put = (quantity: MeasuredQuantity, state: QuantityState, time: Instant, value: number): void =>
    quantity.observe(state, time, Float64Array.of(value))

  return {
    initial: () => ({
      target: target.initial(),
      pressure: pressure.initial(),
      newest: Number.NEGATIVE_INFINITY,
    }),
    observe(state, reading) {
      const { eventTime, value } = reading
      put(target, state.target, eventTime, value)
      put(pressure, state.pressure, eventTime, reading.pressure)
      state.newest = eventTime
    },
    at(state, issuedAt) {
      const asOf = Math.min(issuedAt, state.newest)
      if (issuedAt - asOf > NEIGHBOUR_SILENCE || !state.target.scale) return undefined
      const into = new Float64Array(NEIGHBOUR_COLUMNS.length)
      const offset = target.write(state.target, asOf, { into, offset: 0 })
      pressure.write(state.pressure, asOf, { into, offset })
      return into
    },
  }
}
