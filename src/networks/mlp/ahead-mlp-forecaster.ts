import { LEADS } from '../../domain/forecast.ts'
import { DAY, HOUR, type Instant } from '../../domain/instant.ts'
import type { Station } from '../../domain/station.ts'
import type { Weights } from '../../domain/weights.ts'
import {
  aheadIssue,
  type LeadViewOptions,
  type LeadViewState,
  leadView,
  MIN_EXAMPLES,
} from '../../forecast/ahead/lead-view.ts'
import { baseOf, networkColumns, networkRows } from '../../forecast/ahead/network-rows.ts'
import { inUnits, standardised } from '../../forecast/ahead/running-scale.ts'
import type { Forecaster } from '../../forecast/forecaster.ts'
import { keepInRange } from '../../forecast/seen-range.ts'
import { loadKernel } from '../../kernel/load-kernel.ts'
import { preparedPredictor } from '../prepared-predictor.ts'
import { kernelMlpPredictor } from './kernel-mlp-predictor.ts'
import { plainMlpPredictor } from './mlp-predictor.ts'

/** Leads of an issue that it learns from, one of each quarter: all of them would say little more, in six times the memory. */
export const LEADS_TAUGHT = 4

/**
 * A network on what is known ahead, one for all leads: a row is of one lead, and the first of its outputs what it makes of
 * that, less the base; the others are left untaught. It sleeps at leads of which nothing is said.
 */
export function aheadMlpForecaster(
  station: Station,
  { name, ...options }: { readonly name: string } & LeadViewOptions,
): Forecaster<LeadViewState> & { readonly columns: number } {
  const view = leadView(station, options)
  const kernel = loadKernel()
  const predictorOf = preparedPredictor(({ arrays }: Weights) =>
    kernel ? kernelMlpPredictor(kernel, arrays) : plainMlpPredictor(arrays),
  )

  return {
    name,
    sleeps: true,
    columns: networkColumns(view),
    initial: view.initial,
    observe: view.observe,
    learn(state, example) {
      const issue = aheadIssue(example)
      if (!issue) return undefined
      const share = view.widen(state, issue)
      const seen = view.at(state, issue)
      view.learnCurve(state, issue, { table: seen.table, share })
      if (state.learnt < MIN_EXAMPLES) return undefined
      const all = networkRows(seen)
      const leads = leadsTaught(issue.issuedAt)
      const targets = new Float32Array(LEADS).fill(Number.NaN)
      for (const [place, lead] of leads.entries()) {
        if (!view.isSaid(issue.ahead, lead)) continue
        targets[place] = standardised(state.target, example.truth[lead]!) - baseOf(seen, lead)
      }
      return targets.some(Number.isFinite) ? { targets, rows: leads.map((lead) => all[lead]!) } : undefined
    },
    predict(state, asked) {
      const issue = aheadIssue(asked)
      const { weights } = asked
      if (!issue || !weights || state.learnt < MIN_EXAMPLES) return undefined
      const seen = view.at(state, issue)
      const predictor = predictorOf(weights)
      const mean = Float64Array.from(networkRows(seen), (row, lead) => {
        if (!view.isSaid(issue.ahead, lead)) return Number.NaN
        return inUnits(state.target, baseOf(seen, lead) + predictor.predict(Float64Array.from(row))[0]!)
      })
      keepInRange(state.range, mean)
      return mean
    },
  }
}

/** Each in its turn, by the hour and by the day: what recurs by the hour of day is learnt at all of them alike. */
function leadsTaught(issuedAt: Instant): readonly number[] {
  const turn = Math.floor(issuedAt / HOUR) + Math.floor(issuedAt / DAY)
  const quarter = LEADS / LEADS_TAUGHT
  return Array.from({ length: LEADS_TAUGHT }, (_, place) => {
    const within = (turn + place) % quarter
    return place * quarter + (within < 0 ? within + quarter : within)
  })
}
