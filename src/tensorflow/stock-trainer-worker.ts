import { parentPort } from 'node:worker_threads'
import { TickcastError } from '../domain/errors.ts'
import { loadKernel } from '../kernel/load-kernel.ts'
import { alone } from '../networks/data-parallel.ts'
import { mlpTrainable } from '../networks/mlp/mlp-training.ts'
import { recurrentTrainable } from '../networks/network-training.ts'
import { serveRounds } from '../networks/serve-rounds.ts'
import type { FromTrainerWorker } from '../networks/trainer-messages.ts'
import { startBackend } from './start-backend.ts'
import { stockGradients } from './stock-gradients.ts'

/* A training thread as networks/trainer-worker, but recurrent networks are TensorFlow.js's own layers. */

const port = parentPort
if (!port) throw new Error('stock-trainer-worker runs in a worker thread only')
const tell = (message: FromTrainerWorker): void => port.postMessage(message)

try {
  const { report } = await startBackend('stock')
  const kernel = loadKernel()
  serveRounds(port, (network) =>
    network.kind === 'mlp'
      ? mlpTrainable(network.spec, kernel)
      : recurrentTrainable(network.spec, alone(stockGradients(network.spec))),
  )
  tell({ kind: 'ready', engine: `TensorFlow.js ${report}` })
} catch (error) {
  if (!(error instanceof TickcastError)) throw error
  tell({ kind: 'no_engine', message: error.message })
}
