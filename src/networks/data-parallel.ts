import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { sharedFloats } from '../domain/shared-floats.ts'
import type { NetworkSpec } from '../domain/weights.ts'
import { startWorker } from '../threads/start-worker.ts'
import {
  type DataParallelSetup,
  type FromDataParallelWorker,
  type SharedBatch,
  STATES,
  type ToDataParallelWorker,
} from './data-parallel-messages.ts'
import type { EncodedBatch } from './encoding.ts'
import type { NetworkGradients } from './gradient-types.ts'
import { drainQueue, SPIN_WAIT_MS } from './micro-batch-queue.ts'
import { addGradient, microBatchOf, type SampleRange, sampleRanges } from './micro-batches.ts'

/** A batch's loss and gradient, by this thread alone or together with others. */
export interface BatchGradients {
  readonly threads: number
  lossAndGradient(parameters: Float32Array, batch: EncodedBatch, gradient: Float32Array): number
  close(): Promise<void>
}

/** This thread alone. */
export function alone(network: NetworkGradients): BatchGradients {
  const part = new Float32Array(network.parameters)
  return {
    threads: 1,
    lossAndGradient(parameters, batch, gradient) {
      gradient.fill(0)
      let loss = 0
      for (const range of sampleRanges(batch.size, network)) {
        loss += network.lossAndGradient(parameters, microBatchOf(batch, range), part)
        addGradient(gradient, part)
      }
      return loss
    },
    close: async () => {},
  }
}

export interface DataParallelOptions {
  readonly network: NetworkGradients
  readonly spec: NetworkSpec
  /** This one included. */
  readonly threads: number
}

/** How long a worker may take for its last micro-batch before it counts as lost. */
const WORKER_TIMEOUT_MS = 120_000

/**
 * Starts workers, each with a network of its own, that go through each batch's micro-batches together with this thread.
 * Losses and gradients are added up in the order of the micro-batches, whoever worked on them, so one seed gives the
 * same bits for any count of threads.
 */
export async function startDataParallel({
  network,
  spec,
  threads,
}: DataParallelOptions): Promise<BatchGradients> {
  if (threads === 1) return alone(network)
  const workers = Array.from({ length: threads - 1 }, () =>
    startWorker('networks/data-parallel-worker', { spec } satisfies DataParallelSetup),
  )
  await Promise.all(workers.map(readiness))
  const count = network.parameters
  let shared: SharedBatch | undefined

  const tell = (message: (index: number) => ToDataParallelWorker): void => {
    for (const [index, worker] of workers.entries()) worker.postMessage(message(index))
  }
  const memoryFor = (ranges: readonly SampleRange[]): SharedBatch => {
    if (shared && shared.losses.length >= ranges.length) return shared
    const memory = sharedBatch({ workers: workers.length, ranges: ranges.length, parameters: count })
    tell(() => ({ kind: 'memory', memory }))
    shared = memory
    return memory
  }

  return {
    threads,
    lossAndGradient(parameters, batch, gradient) {
      const ranges = sampleRanges(batch.size, network)
      const memory = memoryFor(ranges)
      const { taken, states, losses, gradients } = memory
      memory.parameters.set(parameters)
      Atomics.store(taken, 0, 0)
      states.fill(STATES.working)
      tell((index) => ({ kind: 'work', index, batch, ranges }))
      try {
        drainQueue(network, memory, { batch, ranges })
      } finally {
        // Whatever happened here: nobody may still be at work when the memory is next written to.
        for (const index of workers.keys()) awaitWorker(memory, index)
      }
      const failed = states.indexOf(STATES.failed)
      if (failed >= 0) throw new Error(`training thread ${failed + 2} failed on its part of the batch`)
      gradient.fill(0)
      let loss = 0
      for (const number of ranges.keys()) {
        loss += losses[number]!
        addGradient(gradient, gradients.subarray(number * count, (number + 1) * count))
      }
      return loss
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}

function awaitWorker({ states }: SharedBatch, index: number): void {
  const end = performance.now() + SPIN_WAIT_MS
  while (Atomics.load(states, index) === STATES.working && performance.now() < end) {
    // Nothing but look.
  }
  if (Atomics.wait(states, index, STATES.working, WORKER_TIMEOUT_MS) === 'timed-out') {
    throw new Error(`training thread ${index + 2} has not answered for ${WORKER_TIMEOUT_MS / 1000} s`)
  }
}

function sharedBatch({
  workers,
  ranges,
  parameters,
}: {
  readonly workers: number
  readonly ranges: number
  readonly parameters: number
}): SharedBatch {
  return {
    taken: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
    states: new Int32Array(new SharedArrayBuffer(workers * Int32Array.BYTES_PER_ELEMENT)),
    parameters: sharedFloats(parameters),
    losses: new Float64Array(new SharedArrayBuffer(ranges * Float64Array.BYTES_PER_ELEMENT)),
    gradients: sharedFloats(ranges * parameters),
  }
}

async function readiness(worker: Worker): Promise<void> {
  const ended = once(worker, 'exit').then(([code]) => {
    throw new Error(`a data-parallel worker ended with code ${code} before it could train`)
  })
  const [message]: FromDataParallelWorker[] = await Promise.race([once(worker, 'message'), ended])
  if (message?.kind !== 'ready') throw new Error(`a data-parallel worker began with '${message?.kind}'`)
}
