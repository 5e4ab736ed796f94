import type { TrainerState } from '../learn/trainer.ts'
import { cloneState, initialOptimizerState } from './optimizer.ts'

/** Before the first round. `noise` is drawn from the network's seed; 0 for one without dropout. */
export function untrainedState(parameters: Float32Array, noise = 0): TrainerState {
  const optimizer = initialOptimizerState(parameters)
  return { optimizer, lastGood: optimizer, runningMean: null, noise }
}

/** A copy in memory of its own, which every thread sees. */
export function cloneTrainerState(state: TrainerState): TrainerState {
  const { optimizer, lastGood } = state
  const copy = cloneState(optimizer)
  return { ...state, optimizer: copy, lastGood: lastGood === optimizer ? copy : cloneState(lastGood) }
}
