import type { TrainerState } from '../learn/trainer.ts'
import { cloneState, initialOptimizerState } from './optimizer.ts'

/** Before the first round. `noise` is drawn from the network's seed; 0 for one without dropout. */
export function untrainedState(parameters: Float32Array, noise = 0): TrainerState {
  const optimizer = initialOptimizerState(parameters)
  return { optimizer, lastGood: optimizer, runningMean: null, noise }
}

/** The state in memory that every thread sees: as it is where it lies there, a copy of one that was read from elsewhere. */
export function inSharedMemory(state: TrainerState): TrainerState {
  const { optimizer, lastGood } = state
  if (optimizer.parameters.buffer instanceof SharedArrayBuffer) return state
  const copy = cloneState(optimizer)
  return { ...state, optimizer: copy, lastGood: lastGood === optimizer ? copy : cloneState(lastGood) }
}
