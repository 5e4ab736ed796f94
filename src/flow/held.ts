import type { Fold } from '../domain/fold.ts'

/** A fold together with its state, for a stage that several operators feed: the ledger takes forecasts and readings. */
export interface Held<State, Input, Output> {
  readonly state: State
  step(input: Input): Output
  /** Forget everything: a new replay session. */
  reset(): void
}

export function held<State, Input, Output>(fold: Fold<State, Input, Output>): Held<State, Input, Output> {
  let state = fold.initial()
  return {
    get state() {
      return state
    },
    step(input) {
      const next = fold.step(state, input)
      state = next.state
      return next.output
    },
    reset() {
      state = fold.initial()
    },
  }
}
