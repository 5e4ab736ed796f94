import { loadKernel } from '../kernel/load-kernel.ts'
import type { EngineChoice } from './engine-choice.ts'

/**
 * The module that runs in training threads, from the folder of all sources. TensorFlow.js takes seconds and fifty
 * megabytes to load: it is in a thread that was asked for it, and nowhere else.
 */
export function trainingModule(engine: EngineChoice): string {
  const stock = engine === 'tfjs' || (engine === 'auto' && loadKernel() === undefined)
  return stock ? 'tensorflow/stock-trainer-worker' : 'networks/trainer-worker'
}
