import { parentPort } from 'node:worker_threads'
import { loadKernel } from '../kernel/load-kernel.ts'
import { startDataParallel } from './data-parallel.ts'
import { describeKernel } from './describe-networks.ts'
import { kernelNetworkGradients } from './kernel-network-gradients.ts'
import { mlpTrainable } from './mlp/mlp-training.ts'
import { recurrentTrainable } from './network-training.ts'
import { serveRounds } from './serve-rounds.ts'
import type { FromTrainerWorker } from './trainer-messages.ts'

/* A training thread: any network's rounds, by the kernel. */

const port = parentPort
if (!port) throw new Error('trainer-worker runs in a worker thread only')
const kernel = loadKernel()

serveRounds(port, async (network) => {
  if (network.kind === 'mlp') return mlpTrainable(network.spec, kernel)
  if (!kernel) throw new Error('no build of the kernel runs here')
  const { spec, threads = 1 } = network
  const gradients = kernelNetworkGradients(kernel, spec)
  const batchGradients = await startDataParallel({ network: gradients, spec, threads })
  return recurrentTrainable(spec, batchGradients)
})
const engine = kernel ? describeKernel(kernel) : 'plain arithmetic'
port.postMessage({ kind: 'ready', engine } satisfies FromTrainerWorker)
