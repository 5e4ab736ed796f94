import { parentPort, workerData } from 'node:worker_threads'
import { LEADS } from '../domain/forecast.ts'
import { startEngine } from './backend.ts'
import { featureCount } from './encode.ts'
import { networkSlopes } from './network-slopes.ts'
import { shardOf } from './shards.ts'
import {
  type FromHelper,
  type HelperSetup,
  type SharedBatch,
  STATES,
  type ToHelper,
} from './slope-messages.ts'

/*
 * A helping training thread: computes loss and slope of its share of a batch, wherever the parameters stand, and
 * wakes the thread that leads. It remembers nothing from one batch to the next.
 */

const port = parentPort
if (!port) throw new Error('slope-helper runs in a worker thread only')
const { spec, engine }: HelperSetup = workerData

await startEngine(engine)
const network = networkSlopes(spec, 0)
const count = network.initial.length
const slope = new Float32Array(count)
let memory: SharedBatch | undefined

port.on('message', (message: ToHelper) => {
  if (message.kind === 'memory') {
    memory = message.memory
    return
  }
  if (!memory) throw new Error('work was given before the memory to do it in')
  const { index, share, batchSize, knownCount } = message
  const { states, losses, slopes, parameters, inputs, changes, known } = memory
  try {
    const batch = {
      size: batchSize,
      knownCount,
      inputs: inputs.subarray(0, batchSize * spec.steps * featureCount(spec)),
      changes: changes.subarray(0, batchSize * LEADS),
      known: known.subarray(0, batchSize * LEADS),
    }
    losses[index] = network.lossAt(parameters, shardOf(batch, share), slope)
    slopes.set(slope, index * count)
    Atomics.store(states, index, STATES.done)
  } catch {
    Atomics.store(states, index, STATES.failed)
  }
  Atomics.notify(states, index)
})
port.postMessage({ kind: 'ready' } satisfies FromHelper)
