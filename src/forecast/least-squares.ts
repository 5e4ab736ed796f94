import { LEADS } from '../domain/forecast.ts'
import { type Station, targetIndex } from '../domain/station.ts'
import type { RowMaker } from './features/row-maker.ts'
import type { Forecaster } from './forecaster.ts'
import { RecursiveLeastSquares, type RecursiveSnapshot } from './linear-algebra/recursive.ts'
import { asSeenRange, emptyRange, keepInRange, type SeenRange, widenRange } from './seen-range.ts'
import { asRecord } from './snapshot.ts'

export interface LeastSquaresOptions {
  readonly name: string
  /** What it makes of the features. */
  readonly rows: RowMaker
  /** Rows that it errs on more than usual count for less: storms teach little about other days. */
  readonly robust: boolean
  /** Rows that it learns before it says more than persistence. Default: as many as there are columns. */
  readonly patience?: number | undefined
}

const PENALTY = 300
/** A row of less than this share of the usual error counts in full. */
const FULL_BELOW = 0.55
const USUAL_RATE = 1 / 720

interface Memory {
  range: SeenRange
  /** Running mean over rows of the mean absolute error over leads, each judged before it was learnt. */
  usual: number
  learnt: number
}

/**
 * Least squares on features and clock, for the change of the target from now to each lead; all leads share one
 * inverse. It learns each example as it matures, whole, and forgets nothing. Until it has learnt enough it says
 * persistence.
 */
export function leastSquares(
  station: Station,
  { name, rows, robust, patience = rows.columns }: LeastSquaresOptions,
): Forecaster {
  const target = targetIndex(station)
  const row = new Float64Array(rows.columns)
  const begin = () => new RecursiveLeastSquares({ columns: row.length, outputs: LEADS, penalty: PENALTY })
  let solution: RecursiveLeastSquares | undefined
  let memory: Memory = { range: emptyRange(), usual: 0, learnt: 0 }

  return {
    name,
    observe({ eventTime, values, bridged }) {
      const value = values[target]!
      if (!bridged && Number.isFinite(value)) widenRange(memory.range, eventTime, value)
    },
    learn({ features, current, truth }) {
      solution ??= begin()
      rows.write(features, row)
      const errors = solution.predict(row).map((change, lead) => truth[lead]! - current - change)
      const error = meanSize(errors)
      memory.learnt++
      memory.usual += Math.max(USUAL_RATE, 1 / memory.learnt) * (error - memory.usual)
      const weight = robust && memory.usual > 0 ? 1 / Math.max(1, error / (FULL_BELOW * memory.usual)) : 1
      solution.learn(row, errors, weight)
    },
    predict({ current, features }) {
      if (!Number.isFinite(current) || !features) return undefined
      // Fewer rows than columns determine nothing, and what they seem to say costs the mixture its first weeks.
      if (!solution || memory.learnt < patience) return new Float64Array(LEADS).fill(current)
      rows.write(features, row)
      const mean = solution.predict(row).map((change) => current + change)
      keepInRange(memory.range, mean)
      return mean
    },
    snapshot: () => ({ memory: structuredClone(memory), solution: solution?.snapshot() ?? null }),
    restore(snapshot) {
      const restored = asSnapshot(snapshot, name)
      memory = structuredClone(restored.memory)
      solution = restored.solution ? begin() : undefined
      if (restored.solution) solution?.restore(restored.solution)
    },
  }
}

function meanSize(errors: Float64Array): number {
  let sum = 0
  let count = 0
  for (const error of errors) {
    if (Number.isNaN(error)) continue
    sum += Math.abs(error)
    count++
  }
  return count > 0 ? sum / count : 0
}

function asSnapshot(
  snapshot: unknown,
  name: string,
): { readonly memory: Memory; readonly solution: RecursiveSnapshot | null } {
  const { memory, solution } = asRecord(snapshot)
  const { range, usual, learnt } = asRecord(memory)
  const seen = asSeenRange(range)
  if (!seen || typeof usual !== 'number' || typeof learnt !== 'number') {
    throw new TypeError(`${name}: the snapshot lacks a part of its memory`)
  }
  if (solution === null) return { memory: { range: seen, usual, learnt }, solution }
  const { inverse, weights, panels, scaled, pending } = asRecord(solution)
  if (
    !(inverse instanceof Float64Array && weights instanceof Float64Array) ||
    !(panels instanceof Float64Array && scaled instanceof Float64Array && typeof pending === 'number')
  ) {
    throw new TypeError(`${name}: the snapshot lacks a part of its solution`)
  }
  return { memory: { range: seen, usual, learnt }, solution: { inverse, weights, panels, scaled, pending } }
}
