import { parentPort, workerData } from 'node:worker_threads'
import { TickcastError } from '../domain/errors.ts'
import { startBackend } from '../tensorflow/start-backend.ts'
import { startDataParallel } from './data-parallel.ts'
import { networkGradients } from './network-gradients.ts'
import { trainingWith } from './network-training.ts'
import { serveRounds } from './serve-rounds.ts'
import type { FromWorker, TrainerSetup } from './trainer-messages.ts'

/* The training thread of the recurrent networks: it owns them and their optimisers. */

const port = parentPort
if (!port) throw new Error('trainer-worker runs in a worker thread only')
const { networks, engine, threads }: TrainerSetup = workerData

const tell = (message: FromWorker): void => port.postMessage(message)

try {
  const started = await startBackend(engine)
  // Data-parallel workers outlive a reset: they know nothing but where the parameters are.
  const parts = await Promise.all(
    networks.map(async ({ spec, seed }) => {
      const network = networkGradients(spec, seed)
      return {
        spec,
        network,
        batchGradients: await startDataParallel({ network, spec, engine: started.name, threads }),
      }
    }),
  )
  serveRounds(
    port,
    parts.map((part) => () => trainingWith(part).train),
  )
  const together = threads > 1 ? `, ${threads} threads` : ''
  tell({ kind: 'ready', engine: `${started.report}${together}` })
} catch (error) {
  if (!(error instanceof TickcastError)) throw error
  tell({ kind: 'no_engine', message: error.message })
}
