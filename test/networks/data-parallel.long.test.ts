import { beforeAll, expect, test } from 'vitest'
import type { NetworkSpec } from '../../src/domain/weights.ts'
import type { TrainingResult } from '../../src/learn/trainer.ts'
import { alone, startTeam } from '../../src/networks/data-parallel.ts'
import { encodeBatch } from '../../src/networks/encoding.ts'
import { sharesOf } from '../../src/networks/micro-batches.ts'
import { type NetworkSlopes, networkSlopes } from '../../src/networks/network-gradients.ts'
import { startWorkerTrainer } from '../../src/networks/network-trainer.ts'
import { startEngine } from '../../src/tensorflow/start-backend.ts'
import { apart } from '../kernel/cases.ts'
import { SMALL, scalerOf, someBatch, someRound } from './networks.ts'

const SPEC: NetworkSpec = { ...SMALL, bidirectional: true, units: [8, 6] }

beforeAll(() => startEngine('fused'))

const roundOf = (round: number, size: number) =>
  someRound(SPEC, round, { batches: [1, 2].map((seed) => someBatch(SPEC, { size, seed: round * 2 + seed })) })

async function trained(threads: number, sizes: readonly number[]): Promise<TrainingResult[]> {
  const trainer = await startWorkerTrainer({ spec: SPEC, seed: 3, engine: 'fused', threads })
  try {
    return await Promise.all(sizes.map((size, index) => trainer.train(roundOf(index + 1, size))))
  } finally {
    await trainer.close()
  }
}

test('slope team - shares cover the batch once, in grains whatever the threads, else one for each', () => {
  const sizes = (size: number, grain: number | undefined, threads: number) =>
    sharesOf(size, { grain }, threads).map(({ from, size }) => [from, size])
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

test('slope team - three threads say the loss and the slope that one says, bit for bit', async () => {
  const network = networkSlopes(SPEC, 1)
  const team = await startTeam({ network, spec: SPEC, engine: 'fused', threads: 3 })
  const parameters = network.initial.map((value, index) => value + 0.1 * Math.sin(index))
  for (const size of [40, 128, 10]) {
    const batch = encodeBatch(someBatch(SPEC, { size, seed: size }), { spec: SPEC, scaler: scalerOf(SPEC) })
    const [together, single] = [team, alone(network)].map((each) => {
      const slope = new Float32Array(parameters.length)
      return { loss: each.lossAt(parameters, batch, slope), slope }
    })
    expect(together).toEqual(single)
    expect(Math.max(...single!.slope.map(Math.abs))).toBeGreaterThan(0.01)
  }
  await team.close()
  network.dispose()
})

test('slope team - one seed gives the same weights for any count of threads, bit for bit', async () => {
  const sizes = [48, 16, 100]
  const [once, ...others] = [await trained(1, sizes), await trained(2, sizes), await trained(3, sizes)]
  const values = (results: readonly TrainingResult[]) =>
    results.map(({ weights, loss }) => ({ loss, arrays: weights.arrays.map((array) => [...array.values]) }))
  for (const other of others) expect(values(other)).toEqual(values(once))
  expect(once.every(({ loss }) => Number.isFinite(loss))).toBe(true)
})

test("slope team - TensorFlow.js's own layers are helped too: the loss and slope of one thread, up to rounding", async () => {
  await startEngine('cpu')
  const network = networkSlopes(SPEC, 1)
  const team = await startTeam({ network, spec: SPEC, engine: 'cpu', threads: 2 })
  const batch = encodeBatch(someBatch(SPEC, { size: 9, seed: 1 }), { spec: SPEC, scaler: scalerOf(SPEC) })
  const [together, single] = [team, alone(network)].map((each) => {
    const slope = new Float32Array(network.initial.length)
    return { loss: each.lossAt(network.initial, batch, slope), slope }
  })
  expect(together!.loss).toBeCloseTo(single!.loss, 6)
  expect(apart(together!.slope, single!.slope)).toBeLessThan(1e-5)
  await team.close()
  network.dispose()
  await startEngine('fused')
})

test('slope team - a helper that fails is named, and only after all have come to rest', async () => {
  const pause = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  let shares = 0
  const network: NetworkSlopes = {
    initial: new Float32Array(4),
    grain: 16,
    shaped: () => [],
    dispose: () => {},
    lossAt() {
      shares += 1
      Atomics.wait(pause, 0, 0, 100) // long enough for the helper to have had its turn
      return 0
    },
  }
  // What the batch holds does not fit the network that the helper builds: TensorFlow.js refuses it there.
  const misfit = { ...SPEC, channels: SPEC.channels + 1 }
  const team = await startTeam({ network, spec: misfit, engine: 'cpu', threads: 2 })
  const batch = encodeBatch(someBatch(SPEC, { size: 64, seed: 1 }), { spec: SPEC, scaler: scalerOf(SPEC) })
  const run = () => team.lossAt(network.initial, batch, new Float32Array(4))
  expect(run).toThrow('training thread 2 failed on its share of the batch')
  expect(shares).toBe(3)
  expect(run).toThrow('training thread 2 failed')
  await team.close()
})

test('slope team - the engine says how many threads train', async () => {
  const trainer = await startWorkerTrainer({ spec: SPEC, seed: 3, engine: 'fused', threads: 2 })
  expect(trainer.engine).toMatch(/^fused kernel \(.+\) within tfjs cpu, 2 threads$/)
  await trainer.close()
})
