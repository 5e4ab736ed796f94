import { HOUR, type Instant, type Span } from '../../domain/instant.ts'
import type { Reading } from '../../domain/reading.ts'
import { type Station, targetIndex } from '../../domain/station.ts'
import type { Example } from '../features/example.ts'
import type { FittedRegression } from '../outside/forgetting-regression.ts'
import { emptyRing, type HourlyRing, hourAt, keepHour } from '../outside/hourly-ring.ts'
import { emptyRange, type SeenRange, widenRange } from '../seen-range.ts'
import type { AheadNow } from './ahead-columns.ts'
import { type ClockWaves, type HourTable, hourTable, PAST_HOURS } from './hour-table.ts'
import { isSaidAt, leadColumns, leadRows } from './lead-rows.ts'
import { emptyResponse, learnResponse, responses } from './response.ts'
import { responseUnits } from './response-units.ts'
import { emptyScale, type RunningScale, standardised, widenScale } from './running-scale.ts'

export interface LeadViewOptions {
  /** Of what is known ahead, by `issuer.quantity`: those that are learnt from, in this order. */
  readonly inputs: readonly string[]
  /** Those of them that must be known of a lead for anything to be said of it: one at least. */
  readonly needed: readonly string[]
  /** What was learnt counts for 1/e of that after so long. */
  readonly memory: Span
  readonly waves: ClockWaves
  readonly units: number
  readonly seed: number
}

/** Plain data. */
export interface LeadViewState {
  readonly range: SeenRange
  /** Of the target, and of each input. */
  readonly target: RunningScale
  readonly scales: readonly RunningScale[]
  readonly measured: HourlyRing
  readonly response: FittedRegression
  /** Of the newest example; undefined before the first. */
  learntAt: Instant | undefined
  learnt: number
}

/** The curve at an issue, in deviations. */
export interface CurveSeen {
  readonly table: HourTable
  /** What the target should be by the quantities, by the newest run. Shape [hour 50]. */
  readonly response: Float64Array
  /** How far it is from that now. */
  readonly error: number
}

/** What there is to go by at an issue, in deviations. */
export interface LeadsSeen extends CurveSeen {
  /** Shape [lead 24][column]. */
  readonly rows: readonly Float32Array[]
}

/** An issue at which something is known ahead. */
export interface AheadIssue {
  readonly issuedAt: Instant
  readonly current: number
  readonly ahead: AheadNow
}

/** Examples before anything is said: scales and the curve are to stand for something. */
export const MIN_EXAMPLES = 120

export type LeadView = ReturnType<typeof leadView>

/**
 * What experts look at that learn from quantities: the table of what is said, and what the target is where the quantities
 * are what they are, a curve that is learnt along the way.
 */
export function leadView(station: Station, options: LeadViewOptions) {
  const { inputs, needed, memory, waves, units: count, seed } = options
  const channel = targetIndex(station)
  const quantities = inputs.length
  const units = responseUnits({ quantities, waves, units: count, seed })
  const { utcOffsetMinutes } = station.time

  const tableOf = (
    { scales }: LeadViewState,
    { issuedAt, ahead }: AheadIssue,
    run: 'values' | 'earlier',
  ): HourTable => hourTable(ahead, { names: inputs, scales, waves, issuedAt, utcOffsetMinutes, run })

  /** A curve is trusted no further than what the target has gone through. */
  const trusted = (
    { range, target, response }: LeadViewState,
    of: { readonly table: HourTable; readonly first: number },
  ): Float64Array => {
    const [least, most] = [range.lowest, range.highest].map((value) => standardised(target, value))
    return responses(response, units, of).map((value) => Math.min(most!, Math.max(least!, value)))
  }

  const curveAt = (state: LeadViewState, issue: AheadIssue): CurveSeen => {
    const table = tableOf(state, issue, 'values')
    const response = trusted(state, { table, first: 0 })
    return { table, response, error: standardised(state.target, issue.current) - response[PAST_HOURS]! }
  }

  return {
    quantities,
    /** Of a row. */
    columns: leadColumns({ quantities, waves }),
    initial: (): LeadViewState => ({
      range: emptyRange(),
      target: emptyScale(),
      scales: inputs.map(emptyScale),
      measured: emptyRing(),
      response: emptyResponse(units),
      learntAt: undefined,
      learnt: 0,
    }),
    observe({ range, measured }: LeadViewState, { eventTime, values, bridged }: Reading): void {
      const value = values[channel]!
      if (bridged || !Number.isFinite(value)) return
      widenRange(range, eventTime, value)
      keepHour(measured, eventTime, value)
    },
    /** Scales learn of an example, ahead of all else; gives what was learnt before counts for from here on. */
    widen(state: LeadViewState, { issuedAt, current, ahead }: AheadIssue): number {
      const share = Math.exp(-(issuedAt - (state.learntAt ?? issuedAt)) / memory)
      state.learntAt = issuedAt
      state.learnt++
      widenScale(state.target, current)
      for (const [input, scale] of state.scales.entries())
        widenScale(scale, ahead[inputs[input]!]?.values[0] ?? Number.NaN)
      return share
    },
    tableAt: (state: LeadViewState, issue: AheadIssue): HourTable => tableOf(state, issue, 'values'),
    curveAt,
    at(state: LeadViewState, issue: AheadIssue): LeadsSeen {
      const { target, measured } = state
      const { issuedAt, current, ahead } = issue
      const curve = curveAt(state, issue)
      const rows = leadRows({
        table: curve.table,
        response: curve.response,
        earlier: trusted(state, { table: tableOf(state, issue, 'earlier'), first: PAST_HOURS }),
        measured: Float64Array.from({ length: PAST_HOURS + 1 }, (_, hour) => {
          const time = issuedAt + (hour - PAST_HOURS) * HOUR
          return standardised(target, time === issuedAt ? current : hourAt(measured, time))
        }),
        age: ahead[needed.find((one) => ahead[one]) ?? '']?.age ?? NO_AGE,
      })
      return { ...curve, rows }
    },
    /** The curve learns of an example, behind all that was made of it. */
    learnCurve(
      { target, response }: LeadViewState,
      { current, ahead }: AheadIssue,
      { table, share }: { readonly table: HourTable; readonly share: number },
    ): void {
      if (!isSaidAt(ahead, needed, -1)) return
      learnResponse(response, units, { table, truth: standardised(target, current), share })
    },
    /** Whether anything is said of a lead's time. */
    isSaid: (ahead: AheadNow, lead: number): boolean => isSaidAt(ahead, needed, lead),
  }
}

/** Undefined where nothing is known ahead, or the target is not measured. */
export function aheadIssue({
  issuedAt,
  current,
  ahead,
}: Pick<Example, 'issuedAt' | 'current' | 'ahead'>): AheadIssue | undefined {
  return ahead && Number.isFinite(current) ? { issuedAt, current, ahead } : undefined
}

const NO_AGE = new Float64Array(0)
