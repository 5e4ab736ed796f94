import { mapConformals } from '../forecast/intervals.ts'
import { type RecentScores, sortScores } from '../forecast/recent-scores.ts'
import { errorHours, predictedHours } from '../verify/error-hours.ts'
import { leanRounds, wholeRounds } from './lean-rounds.ts'
import type { StationState } from './station-state.ts'

/*
 * A state without what follows from the rest of it, for where many are kept. A lean one is no state that anything could
 * go on from, but has the same shape.
 */

const NO_SCORES = new Float64Array(0)

/** Leaves the state as it is. */
export function leanState(state: StationState): StationState {
  return changed(state, {
    learners: leanRounds(state.learners, state.featureSamples),
    hours: predictedHours,
    scores: (scores) => ({ ...scores, sorted: NO_SCORES }),
  })
}

/** The state that was made lean, to the last bit. Its samples are there already. Throws where one of a round is missing. */
export function wholeState(lean: StationState): StationState {
  const learners = wholeRounds(lean.learners, lean.featureSamples)
  return changed(lean, { learners, hours: errorHours, scores: sortScores })
}

function changed(
  state: StationState,
  {
    learners,
    hours,
    scores,
  }: Pick<StationState, 'learners'> & {
    readonly hours: (hours: Float32Array) => Float32Array
    readonly scores: (scores: RecentScores) => RecentScores
  },
): StationState {
  const { verification, ensemble } = state
  const { rolling } = verification
  const models = Object.entries(rolling.models).map(([name, sums]) => [
    name,
    { ...sums, hours: hours(sums.hours) },
  ])
  return {
    ...state,
    learners,
    verification: { ...verification, rolling: { ...rolling, models: Object.fromEntries(models) } },
    ensemble: {
      ...ensemble,
      intervals: mapConformals(ensemble.intervals, (lead) => ({ ...lead, scores: scores(lead.scores) })),
    },
  }
}
