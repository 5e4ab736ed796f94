import { createInterface } from 'node:readline'
import * as tf from '@tensorflow/tfjs'
import { HOUR } from '../../src/domain/instant.ts'
import type { NetworkSpec } from '../../src/domain/weights.ts'
import { loadKernel } from '../../src/kernel/load-kernel.ts'
import { FLOPS_PER_ITERATION, type Kernel } from '../../src/kernel/open-kernel.ts'
import { initialNetwork } from '../../src/networks/initial-weights.ts'
import { shapedNetwork } from '../../src/networks/network-layout.ts'
import { fuse } from '../../src/tensorflow/fuse.ts'
import { registerFusedKernel } from '../../src/tensorflow/register.ts'
import { startBackend } from '../../src/tensorflow/start-backend.ts'
import { buildRecurrent } from '../../src/tensorflow/stock-network.ts'
import { VARIANTS, type Variant } from '../../src/wasm/variant.ts'
import { type Asked, FEATURES, LEADS, NETWORKS, STEPS } from '../recurrent-tasks.ts'
import { timed } from './timed.ts'

/*
 * TensorFlow.js in a process of its own, with the fused kernel in the build that the argument names or with its stock
 * layers: `stock` with the gates that the others have, `defaults` as `tf.layers.gru({ units })` makes them.
 * What is not the kernel's (head, loss, Adam) runs on the wasm backend; the kernel's predictions run on the cpu
 * backend, whose operations on a handful of numbers cost less to start. Told what to run as peers/pytorch.py is, and
 * also `{"peak": true}`.
 */

const contender = process.argv[2]
const variant = VARIANTS.find((name) => name === contender)
const kernel = variant && (await startFused(variant))
if (!variant) await startBackend('wasm')

async function startFused(name: Variant): Promise<Kernel> {
  await startBackend('wasm')
  const opened = loadKernel([name])
  if (!opened) throw new Error(`the ${name} build does not run here`)
  registerFusedKernel(opened)
  return opened
}

const networks = new Map<string, { model: tf.LayersModel; optimizer: tf.Optimizer }>()

async function networkNamed(name: Asked['network']) {
  const key = `${name} on ${tf.getBackend()}`
  const known = networks.get(key)
  if (known) return known
  const { cell, units, bidirectional } = NETWORKS[name]
  const spec: NetworkSpec = {
    ...{ cell, units, bidirectional, steps: STEPS, stepSpan: HOUR },
    ...{ channels: FEATURES - 4, target: 0 },
  }
  const built = buildRecurrent(spec)
  const drawn = shapedNetwork(spec, initialNetwork(spec, 1)).slice(0, built.weights.length)
  built.setWeights(drawn.map(({ shape, values }) => tf.tensor(values.slice(), [...shape])))
  const recurrent = contender === 'defaults' ? await withDefaultGates(built) : built
  const [states] = recurrent.outputs
  const leads = tf.layers.dense({ units: LEADS }).apply(states!) as tf.SymbolicTensor
  const model = tf.model({ inputs: recurrent.inputs, outputs: leads })
  const fresh = { model: fuse(model), optimizer: tf.train.adam(1e-3) }
  networks.set(key, fresh)
  return fresh
}

/** The same layers with the gates that they would have had by default: hard sigmoids. */
function withDefaultGates(model: tf.LayersModel): Promise<tf.LayersModel> {
  const config = JSON.stringify(model.toJSON(null, false))
  const hard = config.replaceAll('"recurrent_activation":"sigmoid"', '"recurrent_activation":"hard_sigmoid"')
  if (hard === config) throw new Error('no gate found to be replaced')
  return tf.models.modelFromJSON(JSON.parse(hard))
}

/** Milliseconds of each repeat. */
async function answer({ network, batch, repeats, window }: Asked): Promise<number[]> {
  await tf.setBackend(kernel && window ? 'cpu' : 'wasm')
  const { model, optimizer } = await networkNamed(network)
  const x = tf.randomNormal([window ? 1 : batch, STEPS, FEATURES], 0, 1, 'float32', 1)
  const y = tf.randomNormal([batch, LEADS], 0, 1, 'float32', 2)
  const outputOf = (input: tf.Tensor, training: boolean): tf.Tensor => {
    const output = training ? model.apply(input, { training }) : model.predict(input)
    if (!(output instanceof tf.Tensor)) throw new Error('more than one output')
    return output
  }
  const loss = (): tf.Scalar => outputOf(x, true).sub(y).abs().mean().asScalar()
  // Numbers are read and not given out of the tidying, which would look among them for tensors, one by one.
  const work = (): void =>
    tf.tidy(() => {
      const result = window ? outputOf(x, false) : optimizer.minimize(loss, true)
      result?.dataSync()
    })
  const taken = timed(work, repeats)
  tf.dispose([x, y])
  return taken
}

/** GFLOP/s of nothing but multiply-adds. */
function peak({ run }: Kernel): number {
  const iterations = 1_000_000
  run.multiplyAddPeak(iterations)
  const begun = performance.now()
  run.multiplyAddPeak(iterations)
  return (iterations * FLOPS_PER_ITERATION) / (performance.now() - begun) / 1e6
}

const tell = (message: unknown): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

const stock = contender === 'defaults' ? ', its layers at their defaults' : ''
tell({ version: variant ? `fused kernel, ${variant}` : `TensorFlow.js ${tf.version.tfjs}, wasm${stock}` })
for await (const line of createInterface({ input: process.stdin })) {
  const asked: Asked = JSON.parse(line)
  if (asked.peak && kernel) tell({ gflops: peak(kernel) })
  else tell({ milliseconds: await answer(asked) })
}
