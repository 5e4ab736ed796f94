import { loadKernel } from '../kernel/load-kernel.ts'
import { describeKernel } from './describe-networks.ts'
import type { EngineChoice } from './engine-choice.ts'
import type { TrainerPoolOptions } from './trainer-pool.ts'

/**
 * The module that runs in training threads, from the folder of all sources. TensorFlow.js takes long to load: it is in
 * a thread that was asked for it, and nowhere else.
 */
export function trainingEngine(choice: EngineChoice): Pick<TrainerPoolOptions, 'worker' | 'engine'> {
  const kernel = loadKernel()
  if (choice === 'tfjs' || (choice === 'auto' && !kernel)) {
    return { worker: 'tensorflow/stock-trainer-worker' }
  }
  return { worker: 'networks/trainer-worker', engine: kernel && describeKernel(kernel) }
}
