import type { Reading } from '../../src/domain/reading.ts'
import type { Example } from '../../src/forecast/features/example.ts'
import type { Forecaster, Issue, Taught } from '../../src/forecast/forecaster.ts'

/** A forecaster under way: it, and the state that is handed to each of its calls. */
export interface Begun<State = unknown> {
  readonly state: State
  observe(reading: Reading): void
  learn(example: Example): Taught | undefined
  predict(issue: Issue): Float64Array | undefined
}

export function begun<State>(
  forecaster: Forecaster<State>,
  state: State = forecaster.initial(),
): Begun<State> {
  return {
    state,
    observe: (reading) => forecaster.observe(state, reading),
    learn: (example) => forecaster.learn?.(state, example),
    predict: (issue) => forecaster.predict(state, issue),
  }
}
