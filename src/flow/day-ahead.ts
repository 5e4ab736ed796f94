import { LEADS } from '../domain/forecast.ts'
import { count, mae } from '../verify/model-sums.ts'
import { type ScoreTable, skillIn } from '../verify/rolling.ts'

/** How a model did at +24 h since the session began; null where nothing is settled. */
export interface DayAhead {
  /** Mean absolute error, in the target's unit. */
  readonly mae: number | null
  /** Forecasts that it is over: only over the same ones do two errors compare. */
  readonly n: number
  /** 1 - MAE / MAE of persistence, over the forecasts that both made. */
  readonly skill: number | null
}

export function dayAhead(table: ScoreTable): Record<string, DayAhead> {
  const lead = LEADS - 1
  return Object.fromEntries(
    [...table.models].map(([model, { all }]) => {
      const skill = skillIn(table, { model, reference: 'persistence', window: 'all', lead })
      return [model, { mae: known(mae(all, lead)), n: count(all, lead), skill: known(skill) }]
    }),
  )
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
