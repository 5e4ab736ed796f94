import { type Forecast, LEADS, type Taken } from '../domain/forecast.ts'
import { type ErrorSize, emptyErrorSize, SIGNS } from '../forecast/error-size.ts'
import type { PipelineEvent } from './events.ts'
import type { StationState } from './station-state.ts'

/* The size of errors was once regressed on three signs; what was learnt of them goes on beside a fourth. */

const [WERE, LEVEL] = [3, 2]

/** A state of three signs as one of four. */
export function withSignOfNow(state: StationState): StationState {
  const { truths, waiting, ensemble } = state
  const { size } = ensemble.intervals
  const issueOf = <Of extends { readonly forecast: Forecast | undefined }>(of: Of): Of => ({
    ...of,
    forecast: of.forecast && withSigns(of.forecast),
  })
  const eventOf = (event: PipelineEvent): PipelineEvent => {
    if (event.kind !== 'reading') return event
    const settlements = event.joined.settlements.map(withSigns)
    return issueOf({ ...event, joined: { ...event.joined, settlements } })
  }
  return {
    ...state,
    waiting: waiting.map(eventOf),
    truths: { ...truths, issues: truths.issues.map(issueOf) },
    ensemble: {
      ...ensemble,
      intervals: { ...ensemble.intervals, ...(size && { size: widened(size) }) },
    },
  }
}

function withSigns<Of extends { readonly taken?: Taken | undefined }>(of: Of): Of {
  const { taken } = of
  return taken ? { ...of, taken: { ...taken, signs: signsWithNow(taken.signs) } } : of
}

/** The measurement counts as high as the forecast. */
function signsWithNow(signs: Float64Array): Float64Array {
  return Float64Array.from(
    { length: LEADS * SIGNS },
    (_, place) => signs[Math.floor(place / SIGNS) * WERE + Math.min(place % SIGNS, LEVEL)]!,
  )
}

/** Of the measurement nothing is known. */
function widened({ middle, weights, inverse, ...running }: ErrorSize): ErrorSize {
  const [were, are] = [WERE + 1, SIGNS + 1]
  const wide = emptyErrorSize()
  for (let row = 0; row < LEADS * were; row++) {
    const [lead, column] = [Math.floor(row / were), row % were]
    wide.weights[lead * are + column] = weights[row]!
    wide.inverse.set(inverse.subarray(row * were, (row + 1) * were), (lead * are + column) * are)
  }
  return { ...running, middle: signsWithNow(middle), weights: wide.weights, inverse: wide.inverse }
}
