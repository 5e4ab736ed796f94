import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { loadKernel } from '../kernel/load-kernel.ts'
import { yieldProcessor } from '../threads/yield-processor.ts'
import {
  type DataParallelSetup,
  type FromDataParallelWorker,
  type SharedBatch,
  STATES,
  type ToDataParallelWorker,
} from './data-parallel-messages.ts'
import { kernelNetworkGradients } from './kernel-network-gradients.ts'
import { drainQueue, SPIN_WAIT_MS } from './micro-batch-queue.ts'

/*
 * A data-parallel worker: works on a batch's micro-batches, wherever the parameters stand, and wakes the thread that
 * asked. It remembers nothing from one batch to the next.
 */

const port = parentPort
if (!port) throw new Error('data-parallel-worker runs in a worker thread only')
yieldProcessor()
const { spec }: DataParallelSetup = workerData

const kernel = loadKernel()
if (!kernel) throw new Error('no build of the kernel runs here')
const network = kernelNetworkGradients(kernel, spec)
let memory: SharedBatch | undefined

port.on('message', (message: ToDataParallelWorker) => {
  for (let next: ToDataParallelWorker | undefined = message; next; next = spinWait()) handle(next)
})
port.postMessage({ kind: 'ready' } satisfies FromDataParallelWorker)

function handle(message: ToDataParallelWorker): void {
  if (message.kind === 'memory') {
    memory = message.memory
    return
  }
  if (!memory) throw new Error('work was given before the memory to do it in')
  const { states } = memory
  try {
    drainQueue(network, memory, message)
    Atomics.store(states, message.index, STATES.done)
  } catch {
    Atomics.store(states, message.index, STATES.failed)
  }
  Atomics.notify(states, message.index)
}

/** The next message, if it comes before this thread would sleep. */
function spinWait(): ToDataParallelWorker | undefined {
  const end = performance.now() + SPIN_WAIT_MS
  do {
    const received = receiveMessageOnPort(port!)
    if (received) return received.message
  } while (performance.now() < end)
  return undefined
}
