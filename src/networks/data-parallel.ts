import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import type { NetworkSpec } from '../domain/weights.ts'
import type { EngineName } from '../tensorflow/backend-choice.ts'
import {
  type FromHelper,
  type HelperSetup,
  type SharedWork,
  STATES,
  type ToHelper,
} from './data-parallel-messages.ts'
import type { EncodedBatch } from './encoding.ts'
import { LOOKOUT_MS, workOff } from './micro-batch-queue.ts'
import { addSlope, type Share, shardOf, sharesOf } from './micro-batches.ts'
import type { NetworkSlopes } from './network-gradients.ts'
import { sharedFloats } from './shared-floats.ts'
import { startWorker } from './start-worker.ts'

/** A batch's loss and slope, by this thread alone or together with others. */
export interface SlopeTeam {
  readonly threads: number
  lossAt(parameters: Float32Array, batch: EncodedBatch, slope: Float32Array): number
  close(): Promise<void>
}

/** This thread alone. */
export function alone(network: NetworkSlopes): SlopeTeam {
  const part = new Float32Array(network.initial.length)
  return {
    threads: 1,
    lossAt(parameters, batch, slope) {
      slope.fill(0)
      let loss = 0
      for (const share of sharesOf(batch.size, network, 1)) {
        loss += network.lossAt(parameters, shardOf(batch, share), part)
        addSlope(slope, part)
      }
      return loss
    },
    close: async () => {},
  }
}

export interface TeamOptions {
  readonly network: NetworkSlopes
  readonly spec: NetworkSpec
  readonly engine: EngineName
  /** This one included. */
  readonly threads: number
}

/** How long a helper may take for its last share before it counts as lost. */
const PATIENCE_MS = 120_000

/**
 * Starts helpers, each with a network of its own, that work on each batch's shares together with this thread. Losses
 * and slopes are added up in the order of the shares, whoever worked on them, so one seed and one count of threads
 * give the same bits; with the kernel, any count of threads does.
 */
export async function startTeam({ network, spec, engine, threads }: TeamOptions): Promise<SlopeTeam> {
  if (threads === 1) return alone(network)
  const helpers = Array.from({ length: threads - 1 }, () =>
    startWorker('data-parallel-worker', { spec, engine } satisfies HelperSetup),
  )
  await Promise.all(helpers.map(readiness))
  const count = network.initial.length
  let shared: SharedWork | undefined

  const tell = (message: (index: number) => ToHelper): void => {
    for (const [index, helper] of helpers.entries()) helper.postMessage(message(index))
  }
  const sharedFor = (shares: readonly Share[]): SharedWork => {
    if (shared && shared.losses.length >= shares.length) return shared
    const memory = sharedWork({ helpers: helpers.length, shares: shares.length, parameters: count })
    tell(() => ({ kind: 'memory', memory }))
    shared = memory
    return memory
  }

  return {
    threads,
    lossAt(parameters, batch, slope) {
      const shares = sharesOf(batch.size, network, threads)
      const memory = sharedFor(shares)
      const { taken, states, losses, slopes } = memory
      memory.parameters.set(parameters)
      Atomics.store(taken, 0, 0)
      states.fill(STATES.working)
      tell((index) => ({ kind: 'work', index, batch, shares }))
      try {
        workOff(network, memory, { batch, shares })
      } finally {
        // Whatever happened here: nobody may still be at work when the memory is next written to.
        for (const index of helpers.keys()) awaitHelper(memory, index)
      }
      const failed = states.indexOf(STATES.failed)
      if (failed >= 0) throw new Error(`training thread ${failed + 2} failed on its share of the batch`)
      slope.fill(0)
      let loss = 0
      for (const number of shares.keys()) {
        loss += losses[number]!
        addSlope(slope, slopes.subarray(number * count, (number + 1) * count))
      }
      return loss
    },
    async close() {
      await Promise.all(helpers.map((helper) => helper.terminate()))
    },
  }
}

function awaitHelper({ states }: SharedWork, index: number): void {
  const end = performance.now() + LOOKOUT_MS
  while (Atomics.load(states, index) === STATES.working && performance.now() < end) {
    // Nothing but look.
  }
  if (Atomics.wait(states, index, STATES.working, PATIENCE_MS) === 'timed-out') {
    throw new Error(`training thread ${index + 2} has not answered for ${PATIENCE_MS / 1000} s`)
  }
}

function sharedWork({
  helpers,
  shares,
  parameters,
}: {
  readonly helpers: number
  readonly shares: number
  readonly parameters: number
}): SharedWork {
  return {
    taken: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
    states: new Int32Array(new SharedArrayBuffer(helpers * Int32Array.BYTES_PER_ELEMENT)),
    parameters: sharedFloats(parameters),
    losses: new Float64Array(new SharedArrayBuffer(shares * Float64Array.BYTES_PER_ELEMENT)),
    slopes: sharedFloats(shares * parameters),
  }
}

async function readiness(helper: Worker): Promise<void> {
  const ended = once(helper, 'exit').then(([code]) => {
    throw new Error(`a helping training thread ended with code ${code} before it could train`)
  })
  const [message]: FromHelper[] = await Promise.race([once(helper, 'message'), ended])
  if (message?.kind !== 'ready') throw new Error(`a helping training thread began with '${message?.kind}'`)
}
