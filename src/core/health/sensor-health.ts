import type { Instant, Span } from '../../domain/instant.ts'
import type { SensorFault } from '../../domain/reading.ts'
import { faultEnds } from './fault-ends.ts'
import { endFault, type HealthState, type OpenFault, type Said } from './health-state.ts'
import { type OtherUnit, otherUnits } from './other-units.ts'
import {
  earlyFactor,
  emptyReach,
  isAnEnd,
  isKnown,
  largestStep,
  type PastReach,
  reachTo,
  stepTail,
} from './past-reach.ts'

/*
 * Whether what a sensor says is a measurement. A jump is none where it leaves the published interval by as much again
 * and is far beyond any step that the sensor has made; a value that stays the same is none where that goes on for far
 * longer than ever and the forecasts of before had left it. docs/spec.md, H, states the rule.
 */

/** A jump is one of so many times the largest step so far; more where the largest steps are far apart. */
const JUMP = 2.5
/** And leaves the published mean by so many half-widths of its 90 % interval. */
const HALF_WIDTHS = 2
/** A value that is repeated so many times as often as ever before, and this often at least, may be stuck. */
const LONG_RUN = 2
const LEAST_RUN = 6
/** It is, where this many of the repetitions lay outside the 90 % interval of a forecast issued before the first. */
const LEAST_APART = 3
/** Or where it goes on for so many times as long, unless that is where the sensor's values end. */
const ENDLESS_RUN = 2
/** From this reading on a fault is no spike any more, but another level. */
const LEAST_LEVEL = 3

/** What was expected of a reading. */
export interface Expected {
  readonly mean: number
  /** Of the 90 % interval. */
  readonly low: number
  readonly high: number
}

export interface HealthOptions {
  readonly cadence: Span
  readonly unit: string
  readonly limits: { readonly min: number; readonly max: number }
  /** Of a station that reports changes: it repeats a value because nothing has changed. */
  readonly reportsChanges: boolean
  /** A value repeated for so long is stuck, whatever was expected. Default: the rule. */
  readonly stuckAfter?: Span | undefined
}

/** What was expected of this time by the newest forecast issued before `before`; undefined where there is none. */
export type Expectation = (before: Instant) => Expected | undefined

export interface SensorHealth {
  /** Judges a measurement of the target, in order of time: the fault that it stems from, or undefined. */
  judge(state: HealthState, reading: Said, expected: Expectation): SensorFault | undefined
}

export function sensorHealth({
  cadence,
  unit,
  limits,
  reportsChanges,
  stuckAfter,
}: HealthOptions): SensorHealth {
  const units = otherUnits(unit)
  const ends = faultEnds({ cadence, units })

  const cadencesSince = (from: Instant, to: Instant): number => Math.max(1, (to - from) / cadence)

  /** The largest change that is no jump, over so many cadences. */
  const largestMove = (past: PastReach, cadences: number): number => {
    const step = largestStep(past) * Math.max(JUMP, stepTail(past)) * earlyFactor(past)
    return Math.min(step * cadences, Math.max(step, past.high - past.low))
  }

  const jumped = (state: HealthState, { time, value }: Said, expected: Expected | undefined): boolean => {
    const { past, accepted, run, ended } = state
    if (!accepted || !expected || !isKnown(past)) return false
    // What has said the same for long was stuck, perhaps, and may have gone on unseen.
    const seen = run.rows >= LEAST_RUN ? run.since : accepted.time
    if (Math.abs(value - accepted.value) <= largestMove(past, cadencesSince(seen, time))) return false
    if (ended && ends.isWayBack(past, ended, { to: { time, value }, from: accepted.value })) return false
    if (ended && ends.isPeakAgain(ended, { time, value })) return false
    const { mean, low, high } = expected
    const width = value > mean ? high - mean : mean - low
    return Math.abs(value - mean) > HALF_WIDTHS * width
  }

  const stuck = ({ past, run }: HealthState, { time, value }: Said): boolean => {
    const span = time - run.since
    if (stuckAfter !== undefined) return run.rows > 1 && span >= stuckAfter
    if (reportsChanges || value === limits.min || value === limits.max || !isKnown(past)) return false
    const long = Math.max(LEAST_RUN, LONG_RUN * earlyFactor(past) * past.longestRun)
    if (run.rows < long) return false
    if (run.apart >= LEAST_APART) return true
    return run.rows >= ENDLESS_RUN * long && !isAnEnd(past, value)
  }

  const repeat = (state: HealthState, reading: Said, expected: Expectation): void => {
    const { said, run, past, fault } = state
    if (said?.value === reading.value) {
      run.rows++
      if (run.rows < LEAST_RUN / 2) return
      const before = expected(run.since)
      if (before && (reading.value < before.low || reading.value > before.high)) run.apart++
      return
    }
    if (!fault) past.longestRun = Math.max(past.longestRun, run.rows)
    state.run = { since: reading.time, rows: 1, apart: 0 }
  }

  const begin = (state: HealthState, reading: Said, kind: SensorFault, unit: string | undefined): void => {
    const from = state.accepted?.value ?? reading.value
    const isStuck = kind === 'stuck'
    state.faults++
    state.fault = {
      kind,
      since: isStuck ? state.run.since : reading.time,
      rows: 0,
      from,
      jump: isStuck ? 0 : Math.abs(reading.value - from),
      reach: emptyReach(),
      unit,
    }
  }

  const endWhereOver = (state: HealthState, fault: OpenFault, reading: Said): void => {
    if (ends.isOver(state, fault, reading)) endFault(state, reading.time, 'over')
    else if (ends.isNewLevel(state, fault, reading)) endFault(state, reading.time, 'new_level')
  }

  /** How far a reading is from the one a cadence before it; undefined where that is missing. */
  const stepTo = ({ time, value }: Said, before: Said | undefined): number | undefined =>
    before && time - before.time < 1.5 * cadence ? Math.abs(value - before.value) : undefined

  const follow = (state: HealthState, fault: OpenFault, reading: Said): void => {
    const { said, run } = state
    reachTo(fault.reach, reading.time, reading.value, fault.rows > 0 ? stepTo(reading, said) : undefined)
    fault.rows++
    state.masked++
    if (fault.rows < LEAST_LEVEL && fault.kind !== 'stuck') return
    if (run.rows >= LEAST_RUN) fault.kind = 'stuck'
    else if (fault.kind === 'spike' || run.rows === 1) fault.kind = 'shift'
  }

  const accept = (state: HealthState, reading: Said): void => {
    const { accepted, said, past } = state
    const isNext = said?.time === accepted?.time
    reachTo(past, reading.time, reading.value, isNext ? stepTo(reading, accepted) : undefined)
    state.accepted = reading
  }

  return {
    judge(state, reading, expected) {
      const { fault } = state
      if (fault) endWhereOver(state, fault, reading)
      const now = fault ? undefined : expected(reading.time)
      const hasJumped = jumped(state, reading, now)
      repeat(state, reading, expected)
      if (hasJumped) begin(state, reading, 'spike', unitOf(units, reading.value, now))
      else if (!fault && stuck(state, reading)) begin(state, reading, 'stuck', undefined)
      if (state.fault) follow(state, state.fault, reading)
      else accept(state, reading)
      state.said = reading
      return state.fault?.kind
    },
  }
}

/** The unit in which a value would be within what was expected. */
function unitOf(
  units: readonly OtherUnit[],
  value: number,
  expected: Expected | undefined,
): string | undefined {
  if (!expected) return undefined
  const isExpected = ({ toUnit }: OtherUnit) =>
    toUnit(value) >= expected.low && toUnit(value) <= expected.high
  return units.find(isExpected)?.name
}
