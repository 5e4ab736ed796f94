import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { startEngine } from '../tensorflow/start-backend.ts'
import {
  type FromHelper,
  type HelperSetup,
  type SharedWork,
  STATES,
  type ToHelper,
} from './data-parallel-messages.ts'
import { LOOKOUT_MS, workOff } from './micro-batch-queue.ts'
import { networkSlopes } from './network-gradients.ts'

/*
 * A helping training thread: works on a batch's shares, wherever the parameters stand, and wakes the thread that
 * leads. It remembers nothing from one batch to the next.
 */

const port = parentPort
if (!port) throw new Error('slope-helper runs in a worker thread only')
const { spec, engine }: HelperSetup = workerData

await startEngine(engine)
const network = networkSlopes(spec, 0)
let memory: SharedWork | undefined

port.on('message', (message: ToHelper) => {
  for (let next: ToHelper | undefined = message; next; next = lookOut()) heed(next)
})
port.postMessage({ kind: 'ready' } satisfies FromHelper)

function heed(message: ToHelper): void {
  if (message.kind === 'memory') {
    memory = message.memory
    return
  }
  if (!memory) throw new Error('work was given before the memory to do it in')
  const { states } = memory
  try {
    workOff(network, memory, message)
    Atomics.store(states, message.index, STATES.done)
  } catch {
    Atomics.store(states, message.index, STATES.failed)
  }
  Atomics.notify(states, message.index)
}

/** The next message, if it comes before this thread would sleep. */
function lookOut(): ToHelper | undefined {
  const end = performance.now() + LOOKOUT_MS
  do {
    const received = receiveMessageOnPort(port!)
    if (received) return received.message
  } while (performance.now() < end)
  return undefined
}
