import type { Instant } from '../../domain/instant.ts'
import type { SensorFault } from '../../domain/reading.ts'
import type { Range } from './day-ranges.ts'
import { emptyReach, jumpsToo, type PastReach, reachFurther } from './past-reach.ts'

/** A fault that goes on. */
export interface OpenFault {
  kind: SensorFault
  /** When it began: of a stuck sensor the first reading of the value. */
  readonly since: Instant
  /** Readings that were masked. */
  rows: number
  /** The last accepted value, and how far the sensor went from there; 0 where it is stuck. */
  readonly from: number
  readonly jump: number
  /** What the sensor has reached meanwhile. */
  readonly reach: PastReach
  /** In which unit it would be what was expected. */
  readonly unit: string | undefined
}

export interface EndedFault {
  readonly kind: SensorFault
  readonly since: Instant
  readonly until: Instant
  readonly rows: number
  /** The last value that was accepted before. */
  readonly from: number
  /** Lowest and highest that the sensor said meanwhile; undefined in a state of before this was kept. */
  readonly said?: Range | undefined
  /** `over`: the sensor is back; `new_level`: by itself, after its time; `accepted`: the owner says that it is real. */
  readonly how: 'over' | 'new_level' | 'accepted'
}

/** What a sensor says. */
export interface Said {
  readonly time: Instant
  readonly value: number
}

/** Plain data, mutated by its functions. */
export interface HealthState {
  readonly past: PastReach
  /** The newest reading that was accepted, and the newest of all. */
  accepted: Said | undefined
  said: Said | undefined
  /** Of the newest value: how often it was said in a row, and how often outside of what was expected. */
  run: { readonly since: Instant; rows: number; apart: number }
  fault: OpenFault | undefined
  /** The newest one that is over. */
  ended: EndedFault | undefined
  /** Faults found in the session, and readings masked. */
  faults: number
  masked: number
}

export function emptyHealth(): HealthState {
  return {
    past: emptyReach(),
    accepted: undefined,
    said: undefined,
    run: { since: 0, rows: 0, apart: 0 },
    fault: undefined,
    ended: undefined,
    faults: 0,
    masked: 0,
  }
}

/** Ends what goes on: readings are accepted from the next one on. */
export function endFault(state: HealthState, until: Instant, how: EndedFault['how']): void {
  const { fault, past, run } = state
  if (!fault) return
  const { kind, since, rows, from, jump, reach } = fault
  state.ended = { kind, since, until, rows, from, said: [reach.low, reach.high], how }
  state.fault = undefined
  if (how === 'over') {
    // How often a stuck sensor said the same is no measure of it.
    state.run = { since: until, rows: 0, apart: 0 }
    return
  }
  reachFurther(past, reach)
  state.accepted = state.said
  if (how === 'new_level') return
  past.longestRun = Math.max(past.longestRun, run.rows)
  if (jump > 0) jumpsToo(past, jump)
}
