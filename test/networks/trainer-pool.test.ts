import { deserialize, serialize } from 'node:v8'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TrainingResult, TrainingRound } from '../../src/learn/trainer.ts'
import { initialTrainerState, type NetworkToTrain } from '../../src/networks/network-to-train.ts'
import { openTrainerPool, type PoolTrainer, type TrainerPool } from '../../src/networks/trainer-pool.ts'
import { trainRound } from '../../src/networks/training-rounds.ts'
import { beginTraining, trainableOf } from './in-thread.ts'
import { mlpRound, SMALL_MLP } from './mlp/mlp-cases.ts'
import { SMALL, someRound } from './networks.ts'

const SEED = 6
const RECURRENT: NetworkToTrain = { kind: 'recurrent', spec: SMALL }
const BIDIRECTIONAL: NetworkToTrain = { kind: 'recurrent', spec: { ...SMALL, bidirectional: true } }
const MLP: NetworkToTrain = { kind: 'mlp', spec: SMALL_MLP }

const roundOf = (network: NetworkToTrain, round: number): TrainingRound =>
  network.kind === 'mlp' ? mlpRound(network.spec, round) : someRound(network.spec, round)

const train = (trainer: PoolTrainer, network: NetworkToTrain, rounds: readonly number[]) =>
  Promise.all(rounds.map((round) => trainer.train(roundOf(network, round))))

/** Without what the clock has to do with. */
const learnt = (results: readonly TrainingResult[]) =>
  results.map(({ weights, loss, steps }) => ({ weights, loss, steps }))

function inThread(network: NetworkToTrain, rounds: readonly number[], seed = SEED) {
  const here = beginTraining(network, seed)
  return learnt(rounds.map((round) => here(roundOf(network, round))))
}

let pool: TrainerPool
beforeAll(async () => {
  pool = await openTrainerPool({ threads: 2 })
})
afterAll(() => pool.close())

test('trainer pool - what trains is said in words', () => {
  expect(pool.engine).toMatch(/^fused kernel \((relaxed )?SIMD\)$/)
  const threaded = pool.trainer({ ...RECURRENT, threads: 2 }, { seed: 1 })
  expect(threaded.engine).toBe(`${pool.engine}, 2 threads`)
})

describe.each([
  ['a recurrent network', RECURRENT],
  ['a network on features', MLP],
])('trainer pool - %s', (_, network) => {
  test('rounds asked for at once are worked off in order, to the bits of one thread', async () => {
    const trainer = pool.trainer(network, { seed: SEED })
    expect(learnt(await train(trainer, network, [1, 2, 3]))).toEqual(inThread(network, [1, 2, 3]))
    await trainer.reset()
    expect(learnt(await train(trainer, network, [1, 2]))).toEqual(inThread(network, [1, 2]))
  })

  test('goes on from a state that was written down and read again, in another trainer, to the same bits', async () => {
    const once = pool.trainer(network, { seed: SEED })
    await train(once, network, [1, 2, 3])
    const written = serialize(await once.state())
    const expected = learnt(await train(once, network, [4, 5]))
    const resumed = pool.trainer(network, { seed: 99, state: deserialize(written) })
    expect(learnt(await train(resumed, network, [4, 5]))).toEqual(expected)
    const loaded = pool.trainer(network, { seed: 99 })
    await train(loaded, network, [7])
    await loaded.load(deserialize(written))
    expect(learnt(await train(loaded, network, [4, 5]))).toEqual(expected)
  })

  test('a state that was handed out stays as it was', async () => {
    const trainer = pool.trainer(network, { seed: SEED })
    await train(trainer, network, [1])
    const state = await trainer.state()
    const copy = structuredClone(serialize(state))
    await train(trainer, network, [2, 3, 4])
    expect(Buffer.compare(serialize(state), copy)).toBe(0)
  })
})

test('trainer pool - a round is a function of state and round: whoever writes the state down between two gets the same bits', () => {
  for (const network of [RECURRENT, MLP]) {
    const trainable = trainableOf(network)
    const rounds = [1, 2, 3, 4, 5, 6]
    let state = initialTrainerState(network, SEED)
    const results = rounds.map((round) => {
      const read: typeof state = deserialize(serialize(state))
      const trained = trainRound(trainable, read, { round: roundOf(network, round) })
      state = trained.state
      return trained.result
    })
    expect(learnt(results)).toEqual(inThread(network, rounds))
  }
})

test('trainer pool - spare memory that rounds hand on changes no bits, whatever goes wrong between them', () => {
  const trainable = trainableOf(MLP)
  const rounds = (): TrainingRound[] =>
    [1, 2, 3, 4, 5, 6, 7].map((round) =>
      round === 3
        ? mlpRound(SMALL_MLP, round, { truth: Number.POSITIVE_INFINITY })
        : round === 5
          ? mlpRound(SMALL_MLP, round, { truth: 500 })
          : mlpRound(SMALL_MLP, round),
    )
  const here = beginTraining(MLP, SEED)
  const expected = learnt(rounds().map((round) => here(round)))
  let state = initialTrainerState(MLP, SEED)
  let spare: ReturnType<typeof trainRound>['spare']
  const results = rounds().map((round) => {
    const trained = trainRound(trainable, state, { round, spare })
    ;({ state, spare } = trained)
    return trained.result
  })
  expect(learnt(results)).toEqual(expected)
  expect(expected.map(({ loss }) => Number.isNaN(loss))).toEqual(
    [2, 4].reduce((all, at) => all.with(at, true), Array(7).fill(false)),
  )
})

test('trainer pool - networks that share it train as each would alone, and one reset leaves the others be', async () => {
  const networks = [RECURRENT, BIDIRECTIONAL, MLP]
  const trainers = networks.map((network) => pool.trainer(network, { seed: SEED }))
  const early = await Promise.all(trainers.map((trainer, at) => train(trainer, networks[at]!, [1, 2])))
  await trainers[0]!.reset()
  const late = await Promise.all(
    trainers.map((trainer, at) => train(trainer, networks[at]!, at === 0 ? [1] : [3, 4])),
  )
  for (const at of [1, 2]) {
    expect(learnt([...early[at]!, ...late[at]!])).toEqual(inThread(networks[at]!, [1, 2, 3, 4]))
  }
  expect(learnt(late[0]!)).toEqual(inThread(RECURRENT, [1]))
})

test('trainer pool - the event loop runs on while a round is trained', async () => {
  let turns = 0
  const interval = setInterval(() => {
    turns += 1
  }, 0)
  const batches = Array.from({ length: 400 }, (_, index) => someRound(SMALL, index).batches[0]!)
  await pool.trainer(RECURRENT, { seed: SEED }).train(someRound(SMALL, 1, { batches }))
  clearInterval(interval)
  expect(turns).toBeGreaterThan(5)
})

test('trainer pool - a round of the wrong shape fails with its reason, and the thread lives on', async () => {
  const trainer = pool.trainer(RECURRENT, { seed: SEED })
  const other = someRound({ ...SMALL, channels: 2 }, 1)
  const broken = { ...other, batches: other.batches.map((batch) => ({ ...batch, size: -1 })) }
  await expect(trainer.train(broken)).rejects.toThrow('a training round failed')
  expect(learnt(await train(trainer, RECURRENT, [1, 2]))).toEqual(inThread(RECURRENT, [1, 2]))
})

test('trainer pool - a thread that dies fails the round it had, by name; another takes its place', async () => {
  const frail = await openTrainerPool({ threads: 1, worker: '../test/networks/frail-worker' })
  const trainer = frail.trainer(RECURRENT, { seed: SEED })
  await expect(trainer.train(someRound(SMALL, 13))).rejects.toMatchObject({
    name: 'TrainingThreadError',
    message: 'the training thread failed: out of memory',
  })
  expect(learnt(await train(trainer, RECURRENT, [1, 2]))).toEqual(inThread(RECURRENT, [1, 2]))
  await frail.close()
})

test('trainer pool - a thread that ends before it can train is told at the start', async () => {
  const outcome = openTrainerPool({ threads: 1, worker: '../test/networks/no-such-worker' })
  await expect(outcome).rejects.toThrow(/no-such-worker|before it could train/)
})

test('trainer pool - once closed, what is pending and what comes later is refused', async () => {
  const other = await openTrainerPool({ threads: 1 })
  const trainer = other.trainer(RECURRENT, { seed: SEED })
  const refused = [1, 2].map((round) =>
    expect(trainer.train(someRound(SMALL, round))).rejects.toThrow('the trainer is closed'),
  )
  await new Promise((resolve) => setImmediate(resolve))
  await other.close()
  await Promise.all(refused)
  await expect(trainer.train(someRound(SMALL, 3))).rejects.toThrow('the trainer is closed')
})

test('trainer pool - a trainer that is closed leaves the others be', async () => {
  const [one, other] = [1, 2].map((seed) => pool.trainer(RECURRENT, { seed }))
  await train(one!, RECURRENT, [1])
  await one!.close()
  await expect(one!.train(someRound(SMALL, 2))).rejects.toThrow('the trainer is closed')
  expect(learnt(await train(other!, RECURRENT, [1, 2]))).toEqual(inThread(RECURRENT, [1, 2], 2))
})
