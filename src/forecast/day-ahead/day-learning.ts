import { LEADS, validTime } from '../../domain/forecast.ts'
import { DAY, type Instant } from '../../domain/instant.ts'
import type { Example } from '../features/example.ts'
import type { DayDesign } from './day-design.ts'
import {
  before,
  type DayAheadState,
  dayOf,
  errorNow,
  forecastOf,
  hourOfDay,
  isReady,
  LARGEST_ERROR,
  scaledBy,
  within,
} from './day-state.ts'
import { teach } from './hour-regression.ts'

/** What an error of now tells of later today is learnt over so many hours, and counts as if so many squares had told nothing. */
const ERROR_MEMORY = 2000
const ERROR_RIDGE = 1

export interface LearntIssue {
  readonly example: Example
  /** When it was issued, by the station's clock. */
  readonly time: Instant
}

/** Of an issue at the end of a day: all of the next one. */
export function learnDay(design: DayDesign, state: DayAheadState, { example, time }: LearntIssue): void {
  const { ahead, truth } = example
  const known = before(state, dayOf(time))
  if (!known) return
  const { spread } = state.range
  for (let lead = 0; lead < LEADS; lead++) {
    if (Number.isNaN(truth[lead]!)) continue
    const hour = { time: validTime(time, lead), hours: lead + 1, before: known, ahead }
    const label = scaledBy(spread, truth[lead]!)
    design.learn(state.design, hour, label)
    const row = design.row(state.design, hour, { values: state.values, spread })
    const place = hourOfDay(hour.time)
    teach(state.plain[place]!, row.subarray(0, design.plainColumns), label)
    if (row.length > design.plainColumns) teach(state.informed[place]!, row, label)
  }
}

/** Of an issue within a day: how much of what was erred then was erred still later that day. */
export function learnErrors(design: DayDesign, state: DayAheadState, { example, time }: LearntIssue): void {
  const { ahead, truth, current } = example
  if (!isReady(state)) return
  const known = before(state, dayOf(time) - DAY)
  if (!known) return
  const off = errorNow(design, state, { time, current, ahead, before: known })
  for (let lead = 0; lead < LEADS - 1 - hourOfDay(time); lead++) {
    if (Number.isNaN(truth[lead]!)) continue
    const hour = { time: validTime(time, lead), hours: lead + 1, before: known, ahead }
    const error = scaledBy(state.range.spread, truth[lead]!) - forecastOf(design, state, hour)
    const share = 1 - 1 / ERROR_MEMORY
    state.products[lead] = share * state.products[lead]! + off * within(LARGEST_ERROR, error)
    state.squares[lead] = share * state.squares[lead]! + off * off
  }
}

/** Of an error at an issue, how much is left at a lead of the same day. */
export function shareLeft({ products, squares }: DayAheadState, lead: number): number {
  return products[lead]! / (squares[lead]! + ERROR_RIDGE)
}
