import { LEADS } from '../../domain/forecast.ts'
import type { Station } from '../../domain/station.ts'
import type { Forecaster } from '../forecaster.ts'
import {
  emptyFit,
  type FittedRegression,
  fade,
  learn,
  product,
  solve,
} from '../outside/forgetting-regression.ts'
import { keepInRange } from '../seen-range.ts'
import { aheadIssue, type LeadViewOptions, type LeadViewState, leadView, MIN_EXAMPLES } from './lead-view.ts'
import { robustWeight } from './robust-weight.ts'
import { inUnits, standardised } from './running-scale.ts'

export interface LeastSquaresAheadOptions extends LeadViewOptions {
  readonly name: string
}

/** Plain data. */
export interface LeastSquaresAheadState extends LeadViewState {
  readonly leads: readonly FittedRegression[]
}

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
  { name, ...options }: LeastSquaresAheadOptions,
): Forecaster<LeastSquaresAheadState> {
  const view = leadView(station, options)

  return {
    name,
    sleeps: true,
    initial: () => ({
      ...view.initial(),
      leads: Array.from({ length: LEADS }, () => emptyFit(view.columns)),
    }),
    observe: view.observe,
    learn(state, example) {
      const issue = aheadIssue(example)
      if (!issue) return undefined
      const share = view.widen(state, issue)
      const { table, rows } = view.at(state, issue)
      for (const [lead, each] of state.leads.entries()) {
        fade(each.regression, share)
        const label = standardised(state.target, example.truth[lead]!)
        if (Number.isNaN(label) || !view.isSaid(issue.ahead, lead)) continue
        const row = rows[lead]!
        each.learnt++
        const weight = robustWeight(each, Math.abs(label - product(each.weights, row)))
        learn(each.regression, row, { label, weight })
      }
      view.learnCurve(state, issue, { table, share })
      for (let lead = state.learnt % SOLVED_EVERY; lead < LEADS; lead += SOLVED_EVERY) {
        state.leads[lead]!.weights = solve(state.leads[lead]!.regression, RIDGE)
      }
      return undefined
    },
    predict(state, asked) {
      const issue = aheadIssue(asked)
      if (!issue || state.learnt < MIN_EXAMPLES) return undefined
      const { rows } = view.at(state, issue)
      const mean = Float64Array.from(rows, (row, lead) =>
        view.isSaid(issue.ahead, lead)
          ? inUnits(state.target, product(state.leads[lead]!.weights, row))
          : Number.NaN,
      )
      keepInRange(state.range, mean)
      return mean
    },
  }
}
