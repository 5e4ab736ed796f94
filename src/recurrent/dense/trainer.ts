import type { RoundTrainer } from '../../learn/trainer.ts'
import { startWorker } from '../start-worker.ts'
import { readiness, trainersOver } from '../worker-trainer.ts'
import type { DenseSpec } from './layout.ts'

export interface DenseTrainerOptions {
  readonly spec: DenseSpec
  readonly seed: number
}

/** Starts a thread that trains a network on features, and waits until it can. */
export async function startDenseTrainer(options: DenseTrainerOptions): Promise<RoundTrainer> {
  const worker = startWorker('dense/worker', options)
  const [trainer] = trainersOver(worker, { engine: await readiness(worker), count: 1 })
  return trainer!
}
