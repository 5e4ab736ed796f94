import { expect, test } from 'vitest'
import type { NetworkSpec } from '../../src/domain/weights.ts'
import { loadKernel } from '../../src/kernel/load-kernel.ts'
import type { TrainingResult } from '../../src/learn/trainer.ts'
import { alone, startDataParallel } from '../../src/networks/data-parallel.ts'
import { encodeBatch } from '../../src/networks/encoding.ts'
import type { NetworkGradients } from '../../src/networks/gradient-types.ts'
import { initialNetwork } from '../../src/networks/initial-weights.ts'
import { kernelNetworkGradients } from '../../src/networks/kernel-network-gradients.ts'
import { sampleRanges } from '../../src/networks/micro-batches.ts'
import { openTrainerPool } from '../../src/networks/trainer-pool.ts'
import { SMALL, scalerOf, someBatch, someRound } from './networks.ts'
import { resultsOf, trainRounds } from './train-rounds.ts'

const SPEC: NetworkSpec = { ...SMALL, bidirectional: true, units: [8, 6] }

const roundOf = (round: number, size: number) =>
  someRound(SPEC, round, { batches: [1, 2].map((seed) => someBatch(SPEC, { size, seed: round * 2 + seed })) })

async function trained(threads: number, sizes: readonly number[]): Promise<TrainingResult[]> {
  const pool = await openTrainerPool({ threads: 1 })
  const trainer = pool.trainer({ kind: 'recurrent', spec: SPEC, threads }, 3)
  try {
    const rounds = sizes.map((size, index) => roundOf(index + 1, size))
    return resultsOf(await trainRounds(trainer, rounds))
  } finally {
    await pool.close()
  }
}

test('data parallel - micro-batches cover the batch once, of one size but for the last', () => {
  const sizes = (size: number, microBatchSize: number) =>
    sampleRanges(size, { microBatchSize }).map(({ from, size }) => [from, size])
  expect(sizes(40, 16)).toEqual([
    [0, 16],
    [16, 16],
    [32, 8],
  ])
  expect(sizes(10, Number.MAX_SAFE_INTEGER)).toEqual([[0, 10]])
  expect(sizes(0, 16)).toEqual([])
})

test('data parallel - three threads give the loss and the gradient that one gives, bit for bit', async () => {
  const network = kernelNetworkGradients(loadKernel()!, SPEC)
  const batchGradients = await startDataParallel({ network, spec: SPEC, threads: 3 })
  const parameters = initialNetwork(SPEC, 1).map((value, index) => value + 0.1 * Math.sin(index))
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
})

test('data parallel - one seed gives the same weights for any count of threads, bit for bit', async () => {
  const sizes = [48, 16, 100]
  const [once, ...others] = [await trained(1, sizes), await trained(2, sizes), await trained(3, sizes)]
  const values = (results: readonly TrainingResult[]) =>
    results.map(({ weights, loss }) => ({ loss, arrays: weights.arrays.map((array) => [...array.values]) }))
  for (const other of others) expect(values(other)).toEqual(values(once))
  expect(once.every(({ loss }) => Number.isFinite(loss))).toBe(true)
})

test('data parallel - a worker that fails is named, and only after all have come to rest', async () => {
  const pause = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  let ranges = 0
  const network: NetworkGradients = {
    parameters: 4,
    microBatchSize: 16,
    lossAndGradient() {
      ranges += 1
      Atomics.wait(pause, 0, 0, 100) // long enough for the worker to have had its turn
      return 0
    },
  }
  // There are fewer parameters than the network that the worker builds has: it cannot take them apart.
  const batchGradients = await startDataParallel({ network, spec: SPEC, threads: 2 })
  const batch = encodeBatch(someBatch(SPEC, { size: 64, seed: 1 }), { spec: SPEC, scaler: scalerOf(SPEC) })
  const run = () => batchGradients.lossAndGradient(new Float32Array(4), batch, new Float32Array(4))
  expect(run).toThrow('training thread 2 failed on its part of the batch')
  expect(ranges).toBe(3)
  expect(run).toThrow('training thread 2 failed')
  await batchGradients.close()
})
