import type { RoundTrainer } from '../../learn/trainer.ts'
import { readiness, trainersOver } from '../network-trainer.ts'
import { startWorker } from '../start-worker.ts'
import type { DenseSpec } from './mlp-layout.ts'

export interface DenseTrainerOptions {
  readonly spec: DenseSpec
  readonly seed: number
}

/** Starts a thread that trains a network on features, and waits until it can. */
export async function startDenseTrainer(options: DenseTrainerOptions): Promise<RoundTrainer> {
  const worker = startWorker('mlp/mlp-worker', options)
  const [trainer] = trainersOver(worker, { engine: await readiness(worker), count: 1 })
  return trainer!
}
