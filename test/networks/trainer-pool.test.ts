import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TickcastError } from '../../src/domain/errors.ts'
import type { Trainer } from '../../src/learn/trainer.ts'
import {
  startNetworkTrainer,
  startNetworkTrainers,
  trainersOver,
} from '../../src/networks/network-trainer.ts'
import { beginTraining } from '../../src/networks/network-training.ts'
import { startBackend } from '../../src/tensorflow/start-backend.ts'
import { SMALL, someRound } from './networks.ts'

const SEED = 6
let trainer: Trainer

beforeAll(async () => {
  trainer = await startNetworkTrainer({ spec: SMALL, seed: SEED, engine: 'wasm', threads: 1 })
})
afterAll(() => trainer.close())

const train = (rounds: readonly number[], subject = trainer) =>
  Promise.all(rounds.map((round) => subject.train(someRound(SMALL, round))))

test('network trainer - rounds asked for at once are worked off in order, as they are in one thread', async () => {
  const inThread = await train([1, 2, 3])
  await startBackend('wasm')
  const here = beginTraining(SMALL, SEED)
  const expected = [1, 2, 3].map((round) => here.train(someRound(SMALL, round)))
  here.dispose()
  expect(inThread.map(({ weights, loss }) => ({ weights, loss }))).toEqual(
    expected.map(({ weights, loss }) => ({ weights, loss })),
  )
})

test('network trainer - after a reset the same rounds give the same weights', async () => {
  await trainer.reset()
  const first = await train([1, 2])
  await trainer.reset()
  const again = await train([1, 2])
  expect(again.map(({ weights }) => weights)).toEqual(first.map(({ weights }) => weights))
})

test('network trainer - the event loop runs on while a round is trained', async () => {
  let turns = 0
  const interval = setInterval(() => {
    turns += 1
  }, 0)
  const { batches } = someRound(SMALL, 1)
  const many = Array.from({ length: 60 }, (_, index) => someRound(SMALL, index).batches[0] ?? batches[0]!)
  await trainer.train(someRound(SMALL, 1, { batches: many }))
  clearInterval(interval)
  expect(turns).toBeGreaterThan(5)
})

test('network trainer - a round of the wrong shape fails with its reason, and the thread lives on', async () => {
  const other = someRound({ ...SMALL, channels: 2 }, 1)
  const broken = { ...other, batches: other.batches.map((batch) => ({ ...batch, size: -1 })) }
  await expect(trainer.train(broken)).rejects.toThrow('a training round failed')
  await expect(trainer.train(someRound(SMALL, 2))).resolves.toMatchObject({ steps: 2 })
})

test('network trainer - the backend is reported as it was chosen in the thread', () => {
  expect(trainer.engine).toBe('wasm')
})

test('network trainer - a thread that dies refuses what is pending and what comes later, and says what it died of', async () => {
  const dying = `require('node:worker_threads').parentPort.on('message', () => { throw new Error('out of memory') })`
  const [other] = trainersOver(new Worker(dying, { eval: true }), { engine: 'none', count: 1 })
  const outcomes = await Promise.allSettled([1, 2].map((round) => other!.train(someRound(SMALL, round))))
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ reason: { message: 'the training thread failed: out of memory' } })
  }
  await expect(other!.train(someRound(SMALL, 3))).rejects.toThrow('out of memory')
})

test('network trainer - once closed, what is pending and what comes later is refused', async () => {
  const other = await startNetworkTrainer({ spec: SMALL, seed: SEED, engine: 'cpu' })
  const pending = other.train(someRound(SMALL, 1))
  const refused = expect(pending).rejects.toThrow('the trainer is closed')
  await other.close()
  await refused
  await expect(other.train(someRound(SMALL, 2))).rejects.toThrow('the trainer is closed')
})

test('network trainer - a backend that is not installed is refused at the start, for a person to read', async () => {
  const start = startNetworkTrainer({ spec: SMALL, seed: SEED, engine: 'tfjs-node' })
  const outcome = await start.then(
    async (started) => {
      await started.close()
      return started.engine
    },
    (error: unknown) => error,
  )
  if (outcome === 'tfjs-node') return
  expect(outcome).toBeInstanceOf(TickcastError)
  expect(outcome).toMatchObject({ code: 'usage', message: expect.stringContaining('tfjs-node: ') })
})

test('network trainer - several networks in one thread train as each would alone, one reset leaves the others be', async () => {
  const spec = { ...SMALL, bidirectional: true }
  const options = { engine: 'wasm', threads: 1 } as const
  const networks = [
    { spec: SMALL, seed: SEED },
    { spec, seed: SEED + 1 },
  ]
  const [first, second] = await startNetworkTrainers({ networks, ...options })
  const lone = await startNetworkTrainer({ spec, seed: SEED + 1, ...options })
  const rounds = (subject: Trainer, from: number) =>
    Promise.all([from, from + 1].map((round) => subject.train(someRound(spec, round))))
  await train([1, 2], first!)
  const early = await rounds(second!, 1)
  await first!.reset()
  await train([1], first!)
  const together = [...early, ...(await rounds(second!, 3))]
  const expected = [...(await rounds(lone, 1)), ...(await rounds(lone, 3))]
  expect(together.map(({ weights }) => weights)).toEqual(expected.map(({ weights }) => weights))
  await lone.close()
  await first!.close()
  await expect(second!.train(someRound(spec, 5))).rejects.toThrow('the trainer is closed')
})
