import { parentPort, workerData } from 'node:worker_threads'
import { loadKernel } from '../../kernel/load-kernel.ts'
import { serveRounds } from '../serve-rounds.ts'
import type { FromWorker } from '../trainer-messages.ts'
import type { MlpTrainerOptions } from './mlp-trainer.ts'
import { beginMlpTraining } from './mlp-training.ts'

/* The training thread of a network on features: it needs no TensorFlow.js. */

const port = parentPort
if (!port) throw new Error('mlp-worker runs in a worker thread only')
const { spec, seed }: MlpTrainerOptions = workerData
const kernel = loadKernel()

serveRounds(port, [() => beginMlpTraining({ spec, seed, kernel })])
const engine = kernel ? `kernel (${kernel.variant})` : 'plain arithmetic'
port.postMessage({ kind: 'ready', engine } satisfies FromWorker)
