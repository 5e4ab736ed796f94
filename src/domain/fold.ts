/**
 * A stage of the pipeline: a pure fold over its input. The state is plain data (numbers, strings, typed arrays,
 * arrays, records), so a checkpoint is the states of all stages. `step` may reuse the memory of the state it is
 * given: whoever calls it gives that state away and goes on with the one returned.
 */
export interface Fold<State, Input, Output> {
  initial(): State
  step(state: State, input: Input): { readonly state: State; readonly output: Output }
}
