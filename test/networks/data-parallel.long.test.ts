import { beforeAll, expect, test } from 'vitest'
import type { NetworkSpec } from '../../src/domain/weights.ts'
import type { TrainingResult } from '../../src/learn/trainer.ts'
import { alone, startDataParallel } from '../../src/networks/data-parallel.ts'
import { encodeBatch } from '../../src/networks/encoding.ts'
import type { NetworkGradients } from '../../src/networks/gradient-types.ts'
import { sampleRanges } from '../../src/networks/micro-batches.ts'
import { networkGradients } from '../../src/networks/network-gradients.ts'
import { startNetworkTrainer } from '../../src/networks/network-trainer.ts'
import { startBackend } from '../../src/tensorflow/start-backend.ts'
import { apart } from '../kernel/cases.ts'
import { SMALL, scalerOf, someBatch, someRound } from './networks.ts'

const SPEC: NetworkSpec = { ...SMALL, bidirectional: true, units: [8, 6] }

beforeAll(() => startBackend('fused'))

const roundOf = (round: number, size: number) =>
  someRound(SPEC, round, { batches: [1, 2].map((seed) => someBatch(SPEC, { size, seed: round * 2 + seed })) })

async function trained(threads: number, sizes: readonly number[]): Promise<TrainingResult[]> {
  const trainer = await startNetworkTrainer({ spec: SPEC, seed: 3, engine: 'fused', threads })
  try {
    return await Promise.all(sizes.map((size, index) => trainer.train(roundOf(index + 1, size))))
  } finally {
    await trainer.close()
  }
}

test('data parallel - micro-batches cover the batch once, of one size whatever the threads, else one for each', () => {
  const sizes = (size: number, microBatchSize: number | undefined, threads: number) =>
    sampleRanges(size, { microBatchSize }, threads).map(({ from, size }) => [from, size])
  expect(sizes(40, 16, 2)).toEqual([
    [0, 16],
    [16, 16],
    [32, 8],
  ])
  expect(sizes(40, 16, 5)).toEqual(sizes(40, 16, 1))
  expect(sizes(10, undefined, 3)).toEqual([
    [0, 4],
    [4, 4],
    [8, 2],
  ])
  expect(sizes(2, undefined, 8)).toHaveLength(2)
  expect(sizes(0, 16, 2)).toEqual([])
})

test('data parallel - three threads give the loss and the gradient that one gives, bit for bit', async () => {
  const network = networkGradients(SPEC, 1)
  const batchGradients = await startDataParallel({ network, spec: SPEC, engine: 'fused', threads: 3 })
  const parameters = network.initial.map((value, index) => value + 0.1 * Math.sin(index))
  for (const size of [40, 128, 10]) {
    const batch = encodeBatch(someBatch(SPEC, { size, seed: size }), { spec: SPEC, scaler: scalerOf(SPEC) })
    const [together, single] = [batchGradients, alone(network)].map((each) => {
      const gradient = new Float32Array(parameters.length)
      return { loss: each.lossAndGradient(parameters, batch, gradient), gradient }
    })
    expect(together).toEqual(single)
    expect(Math.max(...single!.gradient.map(Math.abs))).toBeGreaterThan(0.01)
  }
  await batchGradients.close()
  network.dispose()
})

test('data parallel - one seed gives the same weights for any count of threads, bit for bit', async () => {
  const sizes = [48, 16, 100]
  const [once, ...others] = [await trained(1, sizes), await trained(2, sizes), await trained(3, sizes)]
  const values = (results: readonly TrainingResult[]) =>
    results.map(({ weights, loss }) => ({ loss, arrays: weights.arrays.map((array) => [...array.values]) }))
  for (const other of others) expect(values(other)).toEqual(values(once))
  expect(once.every(({ loss }) => Number.isFinite(loss))).toBe(true)
})

test("data parallel - TensorFlow.js's own layers are data-parallel too: the loss and gradient of one thread, up to rounding", async () => {
  await startBackend('cpu')
  const network = networkGradients(SPEC, 1)
  const batchGradients = await startDataParallel({ network, spec: SPEC, engine: 'cpu', threads: 2 })
  const batch = encodeBatch(someBatch(SPEC, { size: 9, seed: 1 }), { spec: SPEC, scaler: scalerOf(SPEC) })
  const [together, single] = [batchGradients, alone(network)].map((each) => {
    const gradient = new Float32Array(network.initial.length)
    return { loss: each.lossAndGradient(network.initial, batch, gradient), gradient }
  })
  expect(together!.loss).toBeCloseTo(single!.loss, 6)
  expect(apart(together!.gradient, single!.gradient)).toBeLessThan(1e-5)
  await batchGradients.close()
  network.dispose()
  await startBackend('fused')
})

test('data parallel - a worker that fails is named, and only after all have come to rest', async () => {
  const pause = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  let ranges = 0
  const network: NetworkGradients = {
    initial: new Float32Array(4),
    microBatchSize: 16,
    shaped: () => [],
    dispose: () => {},
    lossAndGradient() {
      ranges += 1
      Atomics.wait(pause, 0, 0, 100) // long enough for the worker to have had its turn
      return 0
    },
  }
  // What the batch holds does not fit the network that the worker builds: TensorFlow.js refuses it there.
  const misfit = { ...SPEC, channels: SPEC.channels + 1 }
  const batchGradients = await startDataParallel({ network, spec: misfit, engine: 'cpu', threads: 2 })
  const batch = encodeBatch(someBatch(SPEC, { size: 64, seed: 1 }), { spec: SPEC, scaler: scalerOf(SPEC) })
  const run = () => batchGradients.lossAndGradient(network.initial, batch, new Float32Array(4))
  expect(run).toThrow('training thread 2 failed on its part of the batch')
  expect(ranges).toBe(3)
  expect(run).toThrow('training thread 2 failed')
  await batchGradients.close()
})

test('data parallel - the report says how many threads train', async () => {
  const trainer = await startNetworkTrainer({ spec: SPEC, seed: 3, engine: 'fused', threads: 2 })
  expect(trainer.engine).toMatch(/^fused kernel \(.+\) within tfjs cpu, 2 threads$/)
  await trainer.close()
})
