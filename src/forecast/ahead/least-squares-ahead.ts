import { LEADS } from '../../domain/forecast.ts'
import { HOUR, type Instant, type Span } from '../../domain/instant.ts'
import { type Station, targetIndex } from '../../domain/station.ts'
import type { Forecaster } from '../forecaster.ts'
import {
  emptyFit,
  type FittedRegression,
  fade,
  learn,
  product,
  solve,
} from '../outside/forgetting-regression.ts'
import { emptyRing, type HourlyRing, hourAt, keepHour } from '../outside/hourly-ring.ts'
import { emptyRange, keepInRange, type SeenRange, widenRange } from '../seen-range.ts'
import type { AheadNow } from './ahead-columns.ts'
import { type ClockWaves, hourTable, PAST_HOURS } from './hour-table.ts'
import { isSaidAt, leadColumns, leadRows } from './lead-rows.ts'
import { emptyResponse, learnResponse, responses } from './response.ts'
import { responseUnits } from './response-units.ts'
import { robustWeight } from './robust-weight.ts'
import { emptyScale, inUnits, type RunningScale, standardised, widenScale } from './running-scale.ts'

export interface LeastSquaresAheadOptions {
  readonly name: string
  /** Of what is known ahead, by `issuer.quantity`: those that it learns from, in this order. */
  readonly inputs: readonly string[]
  /** Those of them that must be known of a lead for it to say something: one at least. */
  readonly needed: readonly string[]
  /** What was learnt counts for 1/e of that after so long. */
  readonly memory: Span
  readonly waves: ClockWaves
  readonly units: number
  readonly seed: number
}

/** Plain data. */
export interface LeastSquaresAheadState {
  readonly range: SeenRange
  /** Of the target, and of each input. */
  readonly target: RunningScale
  readonly scales: readonly RunningScale[]
  readonly measured: HourlyRing
  readonly response: FittedRegression
  readonly leads: readonly FittedRegression[]
  /** Of the newest example; undefined before the first. */
  learntAt: Instant | undefined
  learnt: number
}

/** Examples that it learns before it says anything. */
const MIN_EXAMPLES = 120
/** In rows. */
const RIDGE = 1
/** Examples between two times that a lead is solved for anew; each has its turn. */
const SOLVED_EVERY = 6

/**
 * Least squares on what is known ahead: first what the target is where the quantities are what they are, a curve; and
 * then of each lead how that and how far it was off of late make the target. Both weigh rows by their errors, and
 * forget. It sleeps at leads of which nothing is said.
 */
export function leastSquaresAhead(
  station: Station,
  { name, inputs, needed, memory, waves, units: count, seed }: LeastSquaresAheadOptions,
): Forecaster<LeastSquaresAheadState> {
  const channel = targetIndex(station)
  const quantities = inputs.length
  const units = responseUnits({ quantities, waves, units: count, seed })
  const columns = leadColumns({ quantities, waves })
  const { utcOffsetMinutes } = station.time

  const rowsAt = (
    { range, scales, target, measured, response }: LeastSquaresAheadState,
    {
      issuedAt,
      current,
      ahead,
    }: { readonly issuedAt: Instant; readonly current: number; readonly ahead: AheadNow },
  ) => {
    const tableOf = (run: 'values' | 'earlier') =>
      hourTable(ahead, { names: inputs, scales, waves, issuedAt, utcOffsetMinutes, run })
    const table = tableOf('values')
    const [least, most] = [range.lowest, range.highest].map((value) => standardised(target, value))
    // A curve is trusted no further than what the target has gone through.
    const within = (of: Float64Array) => of.map((value) => Math.min(most!, Math.max(least!, value)))
    const rows = leadRows({
      table,
      response: within(responses(response, units, { table, first: 0 })),
      earlier: within(responses(response, units, { table: tableOf('earlier'), first: PAST_HOURS })),
      measured: Float64Array.from({ length: PAST_HOURS + 1 }, (_, hour) => {
        const time = issuedAt + (hour - PAST_HOURS) * HOUR
        return standardised(target, time === issuedAt ? current : hourAt(measured, time))
      }),
      age: ahead[needed.find((one) => ahead[one]) ?? '']?.age ?? NO_AGE,
    })
    return { table, rows }
  }

  return {
    name,
    sleeps: true,
    initial: () => ({
      range: emptyRange(),
      target: emptyScale(),
      scales: inputs.map(emptyScale),
      measured: emptyRing(),
      response: emptyResponse(units),
      leads: Array.from({ length: LEADS }, () => emptyFit(columns)),
      learntAt: undefined,
      learnt: 0,
    }),
    observe(state, { eventTime, values, bridged }) {
      const value = values[channel]!
      if (bridged || !Number.isFinite(value)) return
      widenRange(state.range, eventTime, value)
      keepHour(state.measured, eventTime, value)
    },
    learn(state, { issuedAt, current, truth, ahead }) {
      if (!ahead || !Number.isFinite(current)) return undefined
      const share = Math.exp(-(issuedAt - (state.learntAt ?? issuedAt)) / memory)
      state.learntAt = issuedAt
      state.learnt++
      widenScale(state.target, current)
      for (const [input, scale] of state.scales.entries())
        widenScale(scale, ahead[inputs[input]!]?.values[0] ?? Number.NaN)
      const { table, rows } = rowsAt(state, { issuedAt, current, ahead })
      for (const [lead, each] of state.leads.entries()) {
        fade(each.regression, share)
        const label = standardised(state.target, truth[lead]!)
        if (Number.isNaN(label) || !isSaidAt(ahead, needed, lead)) continue
        const row = rows[lead]!
        each.learnt++
        const weight = robustWeight(each, Math.abs(label - product(each.weights, row)))
        learn(each.regression, row, { label, weight })
      }
      if (isSaidAt(ahead, needed, -1)) {
        const now = standardised(state.target, current)
        learnResponse(state.response, units, { table, truth: now, share })
      }
      for (let lead = state.learnt % SOLVED_EVERY; lead < LEADS; lead += SOLVED_EVERY) {
        state.leads[lead]!.weights = solve(state.leads[lead]!.regression, RIDGE)
      }
      return undefined
    },
    predict(state, { issuedAt, current, ahead }) {
      if (!ahead || !Number.isFinite(current) || state.learnt < MIN_EXAMPLES) return undefined
      const { rows } = rowsAt(state, { issuedAt, current, ahead })
      const mean = Float64Array.from(rows, (row, lead) =>
        isSaidAt(ahead, needed, lead)
          ? inUnits(state.target, product(state.leads[lead]!.weights, row))
          : Number.NaN,
      )
      keepInRange(state.range, mean)
      return mean
    },
  }
}

const NO_AGE = new Float64Array(0)
