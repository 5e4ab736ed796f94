import { cloneState, initialOptimizerState, type OptimizerState } from './optimizer.ts'

/**
 * Where the training of a network stands, as plain data: with it and the next round any thread goes on, to the same
 * bits. The two optimiser states may be one and the same object, and stay so through `structuredClone`.
 */
export interface TrainerState {
  readonly optimizer: OptimizerState
  /** The last good checkpoint: training that has diverged goes back to it. */
  readonly lastGood: OptimizerState
  /** Running mean of the rounds' losses; null before the first. */
  readonly runningMean: number | null
  /** Where the generator of dropout and noise stands: 32 bits. */
  readonly noise: number
}

/** Before the first round. `noise` is drawn from the network's seed; 0 for one without dropout. */
export function untrainedState(parameters: Float32Array, noise = 0): TrainerState {
  const optimizer = initialOptimizerState(parameters)
  return { optimizer, lastGood: optimizer, runningMean: null, noise }
}

/** A copy in memory of its own, which every thread sees: nothing that is trained later changes it. */
export function cloneTrainerState({ optimizer, lastGood, ...rest }: TrainerState): TrainerState {
  const copy = cloneState(optimizer)
  return { ...rest, optimizer: copy, lastGood: lastGood === optimizer ? copy : cloneState(lastGood) }
}
