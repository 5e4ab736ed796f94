import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import type { NetworkSpec } from '../domain/weights.ts'
import type { EncodedBatch } from './encode.ts'
import type { EngineName } from './engine.ts'
import type { NetworkSlopes } from './network-slopes.ts'
import { shardOf, sharesOf } from './shards.ts'
import {
  type FromHelper,
  type HelperSetup,
  type SharedBatch,
  STATES,
  type ToHelper,
} from './slope-messages.ts'
import { startWorker } from './start-worker.ts'

/** A batch's loss and slope, by this thread alone or together with others. */
export interface SlopeTeam {
  readonly threads: number
  lossAt(parameters: Float32Array, batch: EncodedBatch, slope: Float32Array): number
  close(): Promise<void>
}

/** This thread alone. */
export function alone(network: NetworkSlopes): SlopeTeam {
  return {
    threads: 1,
    lossAt: (parameters, batch, slope) =>
      network.lossAt(parameters, shardOf(batch, { from: 0, size: batch.size }), slope),
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

/** How long a helper may take for its share before it counts as lost. */
const PATIENCE_MS = 120_000

/**
 * Starts helpers, each with a network of its own, that work off their shares of each batch in memory shared with
 * them while this thread does the first share. Losses and slopes are added up in the order of the shares, so one
 * seed and one count of threads give the same bits.
 */
export async function startTeam({ network, spec, engine, threads }: TeamOptions): Promise<SlopeTeam> {
  if (threads === 1) return alone(network)
  const helpers = Array.from({ length: threads - 1 }, () =>
    startWorker('slope-helper', { spec, engine } satisfies HelperSetup),
  )
  await Promise.all(helpers.map(readiness))
  const count = network.initial.length
  let shared: SharedBatch | undefined

  const tell = (index: number, message: ToHelper): void => helpers[index]!.postMessage(message)
  const sharedFor = (batch: EncodedBatch): SharedBatch => {
    if (shared && shared.inputs.length >= batch.inputs.length && shared.known.length >= batch.known.length) {
      return shared
    }
    const fresh = sharedBatch(batch, { helpers: helpers.length, parameters: count })
    for (const index of helpers.keys()) tell(index, { kind: 'memory', memory: fresh })
    shared = fresh
    return fresh
  }

  return {
    threads,
    lossAt(parameters, batch, slope) {
      const memory = sharedFor(batch)
      const [mine, ...theirs] = sharesOf(batch.size, threads)
      memory.parameters.set(parameters)
      memory.inputs.set(batch.inputs)
      memory.changes.set(batch.changes)
      memory.known.set(batch.known)
      for (const [index, share] of theirs.entries()) {
        if (share.size === 0) continue
        Atomics.store(memory.states, index, STATES.working)
        const { size, knownCount } = batch
        tell(index, { kind: 'work', index, share, batchSize: size, knownCount })
      }
      let loss: number
      try {
        loss = network.lossAt(parameters, shardOf(batch, mine!), slope)
      } finally {
        // Whatever happened to this share: nobody may still be at work when the memory is next written to.
        for (const [index, { size }] of theirs.entries()) if (size > 0) awaitHelper(memory, index)
      }
      for (const [index, { size }] of theirs.entries()) {
        if (size === 0) continue
        if (Atomics.load(memory.states, index) === STATES.failed) {
          throw new Error(`training thread ${index + 2} failed on its share of the batch`)
        }
        loss += memory.losses[index]!
        const part = index * count
        for (let at = 0; at < count; at++) slope[at] = slope[at]! + memory.slopes[part + at]!
      }
      return loss
    },
    async close() {
      await Promise.all(helpers.map((helper) => helper.terminate()))
    },
  }
}

function awaitHelper({ states }: SharedBatch, index: number): void {
  if (Atomics.wait(states, index, STATES.working, PATIENCE_MS) === 'timed-out') {
    throw new Error(`training thread ${index + 2} has not answered for ${PATIENCE_MS / 1000} s`)
  }
}

function sharedBatch(
  { inputs, changes, known }: EncodedBatch,
  { helpers, parameters }: { readonly helpers: number; readonly parameters: number },
): SharedBatch {
  const floats = (length: number): Float32Array<SharedArrayBuffer> =>
    new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT))
  return {
    states: new Int32Array(new SharedArrayBuffer(helpers * Int32Array.BYTES_PER_ELEMENT)),
    losses: new Float64Array(new SharedArrayBuffer(helpers * Float64Array.BYTES_PER_ELEMENT)),
    slopes: floats(helpers * parameters),
    parameters: floats(parameters),
    inputs: floats(inputs.length),
    changes: floats(changes.length),
    known: floats(known.length),
  }
}

async function readiness(helper: Worker): Promise<void> {
  const ended = once(helper, 'exit').then(([code]) => {
    throw new Error(`a helping training thread ended with code ${code} before it could train`)
  })
  const [message]: FromHelper[] = await Promise.race([once(helper, 'message'), ended])
  if (message?.kind !== 'ready') throw new Error(`a helping training thread began with '${message?.kind}'`)
}
