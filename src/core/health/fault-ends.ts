import { DAY, type Span } from '../../domain/instant.ts'
import { type Range, twoDays, wholeYesterday } from './day-ranges.ts'
import type { EndedFault, HealthState, OpenFault, Said } from './health-state.ts'
import type { OtherUnit } from './other-units.ts'
import { largestStep, type PastReach } from './past-reach.ts'

/** A sensor that has moved about another level for so long is believed. */
export const NEW_LEVEL_AFTER: Span = 7 * DAY
/** One that goes on to make sense in another unit, for so long. */
export const NEW_UNIT_AFTER: Span = 30 * DAY
/** It is back without a jump where for a whole day it was within the last two, give or take this part of the largest range. */
const DAY_MARGIN = 1 / 4
/** It jumps back by this part of the jump at least: another level moves about as well. */
const JUMP_BACK = 1 / 2
/** What comes again comes with the day, or with the week. */
const RHYTHMS: readonly Span[] = [DAY, 7 * DAY]
/** A peak comes again so much later at most. */
const PEAK_CADENCES = 3
/** A peak is over by then: one that did not jump back was seen to be once a whole day (UTC) was as before. */
const LONGEST_PEAK: Span = 2 * DAY
/** What is back where it was may have gone this much further than ever in a step. */
const BACK = 1.25

/** When a fault is over, by what the sensor says. */
export interface FaultEnds {
  /** The sensor is back. */
  isOver(state: HealthState, fault: OpenFault, reading: Said): boolean
  /** Another level is believed: the sensor has moved about there for its time. */
  isNewLevel(state: HealthState, fault: OpenFault, reading: Said): boolean
  /** A jump from a level that was believed, or where a fault was over too soon, to where the sensor was before. */
  isWayBack(past: PastReach, ended: EndedFault, step: { readonly to: Said; readonly from: number }): boolean
  /** A peak as at this time a day or a week before, when it was taken for a fault: what has a rhythm is measured. */
  isPeakAgain(ended: EndedFault, reading: Said): boolean
}

export function faultEnds({
  cadence,
  units,
}: {
  readonly cadence: Span
  readonly units: readonly OtherUnit[]
}): FaultEnds {
  /** The furthest that a sensor may have got meanwhile, as long as it was not seen. */
  const reach = (past: PastReach, span: Span): number => {
    const cadences = Math.max(1, span / cadence)
    const days = Math.max(1, span / DAY)
    return Math.min(
      BACK * largestStep(past) * cadences,
      Math.max(past.dayRange, largestStep(past)) * Math.sqrt(days),
    )
  }

  const isWithinDays = (past: PastReach, [lowest, highest]: Range): boolean => {
    const [low, high] = twoDays(past.days)
    const margin = Math.max(largestStep(past), DAY_MARGIN * past.dayRange)
    return lowest >= low - margin && highest <= high + margin
  }

  /** For a whole day it said what it might have said before: it came back by and by, or has never been away. */
  const isAsBefore = (past: PastReach, { reach: { days }, since }: OpenFault): boolean => {
    const now = wholeYesterday(days, since)
    return now !== undefined && isWithinDays(past, now)
  }

  /** It is over where the sensor has jumped back, or moves again, to where it may be by now. */
  const isOver = (state: HealthState, fault: OpenFault, { time, value }: Said): boolean => {
    const { past, said, accepted } = state
    const before = said?.value ?? value
    if (value === before) return false
    if (isAsBefore(past, fault)) return true
    const isBack = Math.abs(value - fault.from) <= reach(past, time - (accepted?.time ?? time))
    const towards = fault.from > before ? 1 : -1
    return isBack && (fault.jump === 0 || (value - before) * towards >= fault.jump * JUMP_BACK)
  }

  /** Read in the unit that it looked like at first, the middle of a whole day is still what it might have been. */
  const isInOtherUnit = (past: PastReach, { reach: { days }, since, unit: name }: OpenFault): boolean => {
    const other = units.find((one) => one.name === name)
    const day = wholeYesterday(days, since)
    if (!other || !day) return false
    const middle = other.toUnit((day[0] + day[1]) / 2)
    return isWithinDays(past, [middle, middle])
  }

  const isNewLevel = (state: HealthState, fault: OpenFault, { time, value }: Said): boolean => {
    if (value === state.said?.value) return false
    const age = time - fault.since
    return age >= NEW_LEVEL_AFTER && (age >= NEW_UNIT_AFTER || !isInOtherUnit(state.past, fault))
  }

  const isWayBack = (
    past: PastReach,
    ended: EndedFault,
    { to: { time, value }, from }: { readonly to: Said; readonly from: number },
  ): boolean => {
    const away = Math.abs(value - ended.from)
    const isFresh = ended.how === 'new_level' || time - ended.until <= NEW_LEVEL_AFTER
    return isFresh && away < Math.abs(from - ended.from) / 2 && away <= reach(past, time - ended.since)
  }

  /** From just before the first reading of a peak to that of its way down. */
  const isAbout = (late: Span): boolean => late > -cadence && late <= PEAK_CADENCES * cadence

  const isPeakAgain = (ended: EndedFault, { time, value }: Said): boolean => {
    const { said, since, until, from, how } = ended
    // What fails says the very same again.
    if (how !== 'over' || !said || said[0] === said[1] || until - since > LONGEST_PEAK) return false
    if (value === said[0] || value === said[1]) return false
    const isSameTime = RHYTHMS.some((rhythm) => isAbout(time - since - rhythm))
    const [down, up] = [from - said[0], said[1] - from]
    return isSameTime && value >= from - BACK * Math.max(0, down) && value <= from + BACK * Math.max(0, up)
  }

  return { isOver, isNewLevel, isWayBack, isPeakAgain }
}
