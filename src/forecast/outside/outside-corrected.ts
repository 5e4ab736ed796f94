import { LEADS } from '../../domain/forecast.ts'
import { DAY, type Instant } from '../../domain/instant.ts'
import { correctedName } from '../../domain/outside.ts'
import type { Forecaster } from '../forecaster.ts'
import { CORRECTION_COLUMNS } from './correction-columns.ts'
import { emptyFit, type FittedRegression, fade, learn, product, solve } from './forgetting-regression.ts'

/** What was learnt counts for 1/e of that after so long: issuers change their models now and then, and so does what they forecast. */
const MEMORY = 30 * DAY
/** In rows; there are up to 24 an issue. */
const RIDGE = 3200
/**
 * What a row counts for of a run that is still to come. It is seen ahead of its first hour once, and at every hour while
 * it goes on: without this the correction is nearly one for runs under way alone.
 */
const WEIGHT_TO_COME = 12
/** In running mean absolute errors: a row with a smaller error than this counts in full. */
const HUBER_THRESHOLD = 0.7
const ERROR_RATE = 1 / 720
/**
 * In running mean absolute errors: where half of what an issue said was off by more, the issuer is broken, and its errors
 * teach nothing of those that it makes when it is whole. If it goes on so for months that is how it is.
 */
const BROKEN = 8
/** Issues that it learns from before it corrects anything. */
const MIN_EXAMPLES = 48

/** Plain data. */
export interface CorrectedState extends FittedRegression {
  /** Of the newest example; undefined before the first. */
  learntAt: Instant | undefined
}

/**
 * An issuer's forecast, corrected by what has been learnt of its errors: least squares over all leads together, with
 * Huber weights, which forgets within months. It sleeps at leads of which the issuer says nothing.
 */
export function outsideCorrected(issuer: string): Forecaster<CorrectedState> {
  return {
    name: correctedName(issuer),
    sleeps: true,
    initial: () => ({ ...emptyFit(CORRECTION_COLUMNS), learntAt: undefined }),
    observe: () => undefined,
    learn(state, { issuedAt, truth, outside }) {
      const columns = outside?.[issuer]
      if (!columns) return undefined
      fade(state.regression, Math.exp(-(issuedAt - (state.learntAt ?? issuedAt)) / MEMORY))
      state.learntAt = issuedAt
      const labels = truth.map((value, lead) => value - columns.mean[lead]!)
      if (state.learnt >= MIN_EXAMPLES && medianSize(labels) > BROKEN * state.meanError) {
        state.meanError *= 1 + ERROR_RATE
        return undefined
      }
      state.learnt++
      for (let lead = 0; lead < LEADS; lead++) {
        const label = labels[lead]!
        if (Number.isNaN(label)) continue
        const row = rowAt(columns.rows, lead)
        const error = Math.abs(label - product(state.weights, row))
        const weight = state.meanError > 0 ? 1 / Math.max(1, error / (HUBER_THRESHOLD * state.meanError)) : 1
        state.meanError +=
          Math.max(ERROR_RATE / LEADS, 1 / (LEADS * state.learnt)) * (error - state.meanError)
        // Times at which all errors are large teach no more than others.
        const share = columns.isOfNow?.[lead] === 0 ? WEIGHT_TO_COME : 1
        learn(state.regression, row, { label, weight: (share * weight) / (state.meanError || 1) })
      }
      if (state.learnt >= MIN_EXAMPLES) state.weights = solve(state.regression, RIDGE)
      return undefined
    },
    predict({ weights }, { outside }) {
      const columns = outside?.[issuer]
      return columns?.mean.map((mean, lead) => mean + product(weights, rowAt(columns.rows, lead)))
    },
  }
}

/** Of those that are known; NaN where none is. */
function medianSize(values: Float64Array): number {
  const sizes = values.filter((value) => !Number.isNaN(value)).map(Math.abs)
  return sizes.sort()[sizes.length >> 1] ?? Number.NaN
}

function rowAt(rows: Float32Array, lead: number): Float32Array {
  return rows.subarray(lead * CORRECTION_COLUMNS, (lead + 1) * CORRECTION_COLUMNS)
}
