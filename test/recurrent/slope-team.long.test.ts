import { beforeAll, expect, test } from 'vitest'
import type { NetworkSpec } from '../../src/domain/weights.ts'
import type { TrainingResult } from '../../src/learn/trainer.ts'
import { startEngine } from '../../src/recurrent/backend.ts'
import { encodeBatch } from '../../src/recurrent/encode.ts'
import { networkSlopes } from '../../src/recurrent/network-slopes.ts'
import { sharesOf } from '../../src/recurrent/shards.ts'
import { alone, startTeam } from '../../src/recurrent/slope-team.ts'
import { startWorkerTrainer } from '../../src/recurrent/worker-trainer.ts'
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

test('slope team - shares are whole blocks, in order, and cover the batch once', () => {
  expect(sharesOf(128, 2)).toEqual([
    { from: 0, size: 64 },
    { from: 64, size: 64 },
  ])
  expect(sharesOf(40, 3).map(({ size }) => size)).toEqual([16, 16, 8])
  expect(sharesOf(10, 3).map(({ size }) => size)).toEqual([10, 0, 0])
})

test('slope team - three threads say the loss and the slope that one says, up to rounding', async () => {
  const network = networkSlopes(SPEC, 1)
  const team = await startTeam({ network, spec: SPEC, engine: 'fused', threads: 3 })
  const parameters = network.initial.map((value, index) => value + 0.1 * Math.sin(index))
  for (const size of [40, 64, 10]) {
    const batch = encodeBatch(someBatch(SPEC, { size, seed: size }), { spec: SPEC, scaler: scalerOf(SPEC) })
    const [together, single] = [team, alone(network)].map((each) => {
      const slope = new Float32Array(parameters.length)
      return { loss: each.lossAt(parameters, batch, slope), slope }
    })
    expect(together!.loss).toBeCloseTo(single!.loss, 6)
    const apart = together!.slope.map((value, index) => Math.abs(value - single!.slope[index]!))
    expect(Math.max(...apart)).toBeLessThan(1e-6)
    expect(Math.max(...single!.slope.map(Math.abs))).toBeGreaterThan(0.01)
  }
  await team.close()
  network.dispose()
})

test('slope team - one seed and one count of threads give the same weights, bit for bit', async () => {
  const sizes = [48, 16, 100]
  const [once, again] = [await trained(2, sizes), await trained(2, sizes)]
  const values = (results: readonly TrainingResult[]) =>
    results.map(({ weights, loss }) => ({ loss, arrays: weights.arrays.map((array) => [...array.values]) }))
  expect(values(again)).toEqual(values(once))
  expect(once.every(({ loss }) => Number.isFinite(loss))).toBe(true)
})

test('slope team - the engine says how many threads train', async () => {
  const trainer = await startWorkerTrainer({ spec: SPEC, seed: 3, engine: 'fused', threads: 2 })
  expect(trainer.engine).toMatch(/^fused kernel \(.+\) within tfjs cpu, 2 threads$/)
  await trainer.close()
})
