import { readiness, type SequentialTrainer, trainersOver } from '../network-trainer.ts'
import { startWorker } from '../start-worker.ts'
import type { MlpSpec } from './mlp-layout.ts'

export interface MlpTrainerOptions {
  readonly spec: MlpSpec
  readonly seed: number
}

/** Starts a thread that trains a network on features, and waits until it can. */
export async function startMlpTrainer(options: MlpTrainerOptions): Promise<SequentialTrainer> {
  const worker = startWorker('mlp/mlp-worker', options)
  const [trainer] = trainersOver(worker, { engine: await readiness(worker), count: 1 })
  return trainer!
}
