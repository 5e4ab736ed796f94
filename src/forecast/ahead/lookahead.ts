import { LEADS } from '../../domain/forecast.ts'
import { DAY, HOUR, type Span } from '../../domain/instant.ts'
import { quantityNames } from '../../domain/outside.ts'
import type { Reading } from '../../domain/reading.ts'
import type { Station } from '../../domain/station.ts'
import type { Example } from '../features/example.ts'
import type { Issue } from '../forecaster.ts'
import { aheadInputs } from './ahead-inputs.ts'
import { PAST_HOURS, rowStart } from './hour-table.ts'
import { aheadIssue, type CurveSeen, type LeadViewState, leadView, MIN_EXAMPLES } from './lead-view.ts'
import { baseOf } from './network-rows.ts'
import { inUnits } from './running-scale.ts'

/** A step has what is said of the hour so much later: the last one of the last lead. */
const LATER = 24
/** Of a step beside the quantities: whether anything is said then, what the target should be then, and at the step's own time. */
const OF_STEP = 3
/** As of `ahead_mlp`. */
const VIEW = { memory: 140 * DAY, waves: [DAY], units: 60, seed: 7_000_003 } as const

/** Of a step; undefined of a station that names no quantity. */
export function lookaheadColumns(station: Station): number | undefined {
  const { length } = aheadInputs(station)
  return length > 0 ? OF_STEP + length : undefined
}

/**
 * What recurrent networks know of the hours ahead, beside their lookback and for all of them once: the base by lead, in
 * the target's unit, and columns for each step of the lookback. Shape [lead 24, then step × column]. The base is the curve
 * and as long as it lasts how far it is off now; where nothing is said, the newest measurement.
 */
export interface Lookahead {
  /** Of what is known at an issue. */
  readonly width: number
  initial(): LeadViewState
  observe(state: LeadViewState, reading: Reading): void
  learn(state: LeadViewState, example: Example): void
  at(state: LeadViewState, issue: Pick<Issue, 'issuedAt' | 'current' | 'ahead'>): Float32Array
}

/** Undefined of a station that names no quantity. */
export function lookahead(
  station: Station,
  { steps, stepSpan, seed }: { readonly steps: number; readonly stepSpan: Span; readonly seed: number },
): Lookahead | undefined {
  const columns = lookaheadColumns(station)
  if (columns === undefined) return undefined
  const inputs = aheadInputs(station)
  const needed = quantityNames(station)
  const view = leadView(station, { ...VIEW, inputs, needed, seed: seed + VIEW.seed })
  const width = LEADS + steps * columns

  const writeStep = (
    { table, response }: CurveSeen,
    { hour, isSaid, into }: { readonly hour: number; readonly isSaid: boolean; readonly into: Float32Array },
  ): void => {
    const then = hour + LATER
    into[0] = isSaid ? 1 : 0
    into[1] = isSaid ? response[then]! : 0
    into[2] = hour >= 0 ? response[hour]! : 0
    const said = rowStart(table, then)
    for (let input = 0; input < inputs.length; input++) into[OF_STEP + input] = table.cells[said + input]!
  }

  return {
    width,
    initial: view.initial,
    observe: view.observe,
    learn(state, example) {
      const issue = aheadIssue(example)
      if (!issue) return
      const share = view.widen(state, issue)
      view.learnCurve(state, issue, { table: view.tableAt(state, issue), share })
    },
    at(state, asked) {
      const known = new Float32Array(width).fill(asked.current, 0, LEADS)
      const issue = aheadIssue(asked)
      if (!issue || state.learnt < MIN_EXAMPLES) return known
      const seen = view.curveAt(state, issue)
      for (let lead = 0; lead < LEADS; lead++)
        if (view.isSaid(issue.ahead, lead)) known[lead] = inUnits(state.target, baseOf(seen, lead))
      for (let step = 0; step < steps; step++) {
        const hour = PAST_HOURS - Math.round(((steps - 1 - step) * stepSpan) / HOUR)
        const then = hour + LATER
        // Of what is longer ago than a table reaches nothing is known.
        if (then < 0) continue
        const isSaid = then <= PAST_HOURS || view.isSaid(issue.ahead, then - PAST_HOURS - 1)
        const from = LEADS + step * columns
        writeStep(seen, { hour, isSaid, into: known.subarray(from, from + columns) })
      }
      return known
    },
  }
}
