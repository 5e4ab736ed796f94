import { LEADS } from '../domain/forecast.ts'
import { type Station, targetIndex } from '../domain/station.ts'
import type { DesignRow } from './features/design-row.ts'
import type { Forecaster } from './forecaster.ts'
import { learnRow, predictRow } from './linear-algebra/recursive.ts'
import { emptySolution, type Solution } from './linear-algebra/solution.ts'
import { workspaceOf } from './linear-algebra/workspace.ts'
import { emptyRange, keepInRange, type SeenRange, widenRange } from './seen-range.ts'

export interface LeastSquaresOptions {
  readonly name: string
  /** What it makes of the features. */
  readonly design: DesignRow
  /** Huber weights: rows with a large error for their time count for less. Storms teach little about other days. */
  readonly robust: boolean
  /** Burn-in: examples that it learns before it gives more than persistence. Default: as many as there are columns. */
  readonly minExamples?: number | undefined
  /**
   * The measurement at which it lays out its solution, from 1 on, which is megabytes with nothing to learn yet: several
   * that did so at the same one, or at the first example beside all that is new then, would hold everything up.
   */
  readonly layoutAt?: number | undefined
}

const PENALTY = 300
/** In running mean absolute errors: a row with a smaller error than this counts in full. */
const HUBER_THRESHOLD = 0.55
const ERROR_RATE = 1 / 720

/** Plain data. */
export interface LeastSquaresState {
  readonly range: SeenRange
  /** Running mean over rows of the mean absolute error over leads, each predicted before it was learnt. */
  meanError: number
  learnt: number
  /** Null before the measurement at which it is laid out. */
  solution: Solution | null
}

/**
 * Least squares on features and clock, for the change of the target from now to each lead; all leads share one
 * inverse. It learns each example as it matures, whole, and forgets nothing. Until it has learnt enough it gives
 * persistence.
 */
export function leastSquares(
  station: Station,
  { name, design, robust, minExamples = design.columns, layoutAt = 1 }: LeastSquaresOptions,
): Forecaster<LeastSquaresState> {
  const target = targetIndex(station)
  const { columns } = design
  /** Scratch, overwritten at every use. */
  const row = new Float64Array(columns)
  const begun = (): Solution => {
    const solution = emptySolution({ columns, outputs: LEADS, penalty: PENALTY })
    workspaceOf(solution)
    return solution
  }

  return {
    name,
    initial: () => ({ range: emptyRange(), meanError: 0, learnt: 0, solution: null }),
    observe(state, { eventTime, values, bridged }) {
      const value = values[target]!
      if (bridged || !Number.isFinite(value)) return
      widenRange(state.range, eventTime, value)
      if (state.range.spread.count >= layoutAt) state.solution ??= begun()
    },
    learn(state, { features, current, truth }) {
      state.solution ??= begun()
      design.write(features, row)
      const errors = predictRow(state.solution, row).map((change, lead) => truth[lead]! - current - change)
      const error = meanAbsolute(errors)
      state.learnt++
      state.meanError += Math.max(ERROR_RATE, 1 / state.learnt) * (error - state.meanError)
      const weight = robust ? huberWeight(error, state.meanError) : 1
      learnRow(state.solution, row, { errors, weight })
      return undefined
    },
    predict({ range, learnt, solution }, { current, features }) {
      if (!Number.isFinite(current) || !features) return undefined
      // Fewer rows than columns determine nothing, and what they seem to tell costs the mixture its first weeks.
      if (!solution || learnt < minExamples) return new Float64Array(LEADS).fill(current)
      design.write(features, row)
      const mean = predictRow(solution, row).map((change) => current + change)
      keepInRange(range, mean)
      return mean
    },
  }
}

function huberWeight(error: number, meanError: number): number {
  return meanError > 0 ? 1 / Math.max(1, error / (HUBER_THRESHOLD * meanError)) : 1
}

/** Of the errors that are known. */
function meanAbsolute(errors: Float64Array): number {
  let sum = 0
  let count = 0
  for (const error of errors) {
    if (Number.isNaN(error)) continue
    sum += Math.abs(error)
    count++
  }
  return count > 0 ? sum / count : 0
}
