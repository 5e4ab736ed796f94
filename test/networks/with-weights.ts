import type { Weights } from '../../src/domain/weights.ts'
import type { Forecaster } from '../../src/forecast/forecaster.ts'

/** An expert that is trained beside the stream, as it is with these weights in effect. */
export function withWeights<State>(forecaster: Forecaster<State>, weights: Weights): Forecaster<State> {
  return { ...forecaster, predict: (state, issue) => forecaster.predict(state, { ...issue, weights }) }
}
