import { parentPort } from 'node:worker_threads'
import type { ToTrainerWorker } from '../../src/networks/trainer-messages.ts'

/* A training thread that dies of a thirteenth round. */

await import('../../src/networks/trainer-worker.ts')
parentPort!.on('message', (message: ToTrainerWorker) => {
  if (message.kind === 'train' && message.round.round === 13) throw new Error('out of memory')
})
