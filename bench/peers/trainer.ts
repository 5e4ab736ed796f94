import { createInterface } from 'node:readline'
import { HOUR } from '../../src/domain/instant.ts'
import { seededRandom } from '../../src/domain/random.ts'
import { sharedFloats } from '../../src/domain/shared-floats.ts'
import { loadKernel } from '../../src/kernel/load-kernel.ts'
import type { OptimizerState } from '../../src/learn/trainer.ts'
import { type BatchGradients, startDataParallel } from '../../src/networks/data-parallel.ts'
import type { EncodedBatch } from '../../src/networks/encoding.ts'
import type { NetworkGradients } from '../../src/networks/gradient-types.ts'
import { initialNetwork } from '../../src/networks/initial-weights.ts'
import { kernelNetworkGradients } from '../../src/networks/kernel-network-gradients.ts'
import { initialOptimizerState, optimizerStep } from '../../src/networks/optimizer.ts'
import { type Asked, FEATURES, LEADS, NETWORKS, type NetworkName, STEPS } from '../recurrent-tasks.ts'
import { timed } from './timed.ts'

/*
 * The pipeline's own training step, with its own optimiser, on as many threads as the argument says. Told what to run
 * as peers/pytorch.py is.
 */

const threads = Number(process.argv[2])
const kernel = loadKernel()
if (!kernel) throw new Error('no build of the kernel runs here')

interface Trained {
  readonly network: NetworkGradients
  readonly batchGradients: BatchGradients
  readonly optimizer: OptimizerState
  readonly gradient: Float32Array
}

const trained = new Map<NetworkName, Trained>()

async function networkNamed(name: NetworkName): Promise<Trained> {
  const known = trained.get(name)
  if (known) return known
  const { cell, units, bidirectional } = NETWORKS[name]
  const spec = {
    ...{ cell, units, bidirectional, steps: STEPS, stepSpan: HOUR },
    ...{ channels: FEATURES - 4, target: 0 },
  }
  const network = kernelNetworkGradients(kernel!, spec)
  const initial = initialNetwork(spec, 1)
  const fresh = {
    network,
    batchGradients: await startDataParallel({ network, spec, threads }),
    optimizer: initialOptimizerState(initial),
    gradient: new Float32Array(initial.length),
  }
  trained.set(name, fresh)
  return fresh
}

function batchOf(size: number): EncodedBatch {
  const random = seededRandom(1)
  const drawn = (length: number) => {
    const values = sharedFloats(length)
    for (let index = 0; index < length; index++) values[index] = 2 * (random.unit() - 0.5)
    return values
  }
  return {
    size,
    inputs: drawn(size * STEPS * FEATURES),
    changes: drawn(size * LEADS),
    known: sharedFloats(size * LEADS).fill(1),
    knownCount: size * LEADS,
  }
}

const tell = (message: unknown): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

tell({ version: `the pipeline's trainer, ${threads} ${threads === 1 ? 'thread' : 'threads'}` })
for await (const line of createInterface({ input: process.stdin })) {
  const { network, batch, repeats }: Asked = JSON.parse(line)
  const { batchGradients, optimizer, gradient } = await networkNamed(network)
  const given = batchOf(batch)
  const milliseconds = timed(() => {
    batchGradients.lossAndGradient(optimizer.parameters, given, gradient)
    optimizerStep(optimizer, gradient, { learningRate: 1e-3, emaDecay: 0.97 })
  }, repeats)
  tell({ milliseconds })
}
await Promise.all([...trained.values()].map(({ batchGradients }) => batchGradients.close()))
