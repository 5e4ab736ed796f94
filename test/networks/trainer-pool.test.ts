import { deserialize, serialize } from 'node:v8'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TrainingResult, TrainingRound } from '../../src/learn/trainer.ts'
import { initialTrainerState, type NetworkToTrain } from '../../src/networks/network-to-train.ts'
import { trainRound } from '../../src/networks/train-round.ts'
import { openTrainerPool, type TrainerPool } from '../../src/networks/trainer-pool.ts'
import { beginTraining, trainableOf } from './in-thread.ts'
import { mlpRound, SMALL_MLP } from './mlp/mlp-cases.ts'
import { SMALL, someRound } from './networks.ts'
import { resultsOf, trainRounds } from './train-rounds.ts'

const SEED = 6
const RECURRENT: NetworkToTrain = { kind: 'recurrent', spec: SMALL }
const BIDIRECTIONAL: NetworkToTrain = { kind: 'recurrent', spec: { ...SMALL, bidirectional: true } }
const MLP: NetworkToTrain = { kind: 'mlp', spec: SMALL_MLP }

const roundOf = (network: NetworkToTrain, round: number): TrainingRound =>
  network.kind === 'mlp' ? mlpRound(network.spec, round) : someRound(network.spec, round)

const roundsOf = (network: NetworkToTrain, rounds: readonly number[]): TrainingRound[] =>
  rounds.map((round) => roundOf(network, round))

/** What rounds give in this thread. */
function inThread(network: NetworkToTrain, rounds: readonly number[], seed = SEED): TrainingResult[] {
  return roundsOf(network, rounds).map(beginTraining(network, seed))
}

let pool: TrainerPool
beforeAll(async () => {
  pool = await openTrainerPool({ threads: 2 })
})
afterAll(() => pool.close())

test('trainer pool - what trains is said in words', () => {
  expect(pool.engine).toMatch(/^fused kernel \((relaxed )?SIMD\)$/)
  const threaded = pool.trainer({ ...RECURRENT, threads: 2 }, 1)
  expect(threaded.engine).toBe(`${pool.engine}, 2 threads`)
})

describe.each([
  ['a recurrent network', RECURRENT],
  ['a network on features', MLP],
])('trainer pool - %s', (_, network) => {
  test('gives the bits of one thread, and again when it is begun anew', async () => {
    const trainer = pool.trainer(network, SEED)
    for (const rounds of [
      [1, 2, 3],
      [1, 2],
    ]) {
      const trained = await trainRounds(trainer, roundsOf(network, rounds))
      expect(resultsOf(trained)).toEqual(inThread(network, rounds))
    }
  })

  test('goes on from a state that was written down and read again, in another trainer, to the same bits', async () => {
    const once = pool.trainer(network, SEED)
    const { state } = (await trainRounds(once, roundsOf(network, [1, 2, 3]))).at(-1)!
    const written = serialize(state)
    const later = roundsOf(network, [4, 5])
    const expected = await trainRounds(once, later, state)
    expect(resultsOf(expected)).toEqual(inThread(network, [1, 2, 3, 4, 5]).slice(3))
    const resumed = pool.trainer(network, 99)
    expect(await trainRounds(resumed, later, deserialize(written))).toEqual(expected)
    const another = pool.trainer(network, 99)
    await trainRounds(another, roundsOf(network, [7]))
    expect(await trainRounds(another, later, deserialize(written))).toEqual(expected)
  })

  test('a state stays as it was while rounds are trained from it, however many', async () => {
    const trainer = pool.trainer(network, SEED)
    const { state } = (await trainRounds(trainer, roundsOf(network, [1, 2, 3]))).at(-1)!
    const written = serialize(state)
    const atOnce = [4, 4].map((round) => trainer.train(state, roundOf(network, round)))
    const [one, other] = await Promise.all(atOnce)
    const third = await trainer.train(state, roundOf(network, 4))
    expect(serialize(state).equals(written)).toBe(true)
    expect(other).toEqual(one)
    expect(third).toEqual(one)
  })

  test('rounds that begin from one state go on apart from each other', async () => {
    const trainer = pool.trainer(network, SEED)
    const { state } = (await trainRounds(trainer, roundsOf(network, [1, 2, 3]))).at(-1)!
    const left = await trainer.train(state, roundOf(network, 4))
    const written = serialize(left)
    await trainRounds(trainer, roundsOf(network, [5, 6, 7, 8]), state)
    expect(serialize(left).equals(written)).toBe(true)
    const on = await trainRounds(trainer, roundsOf(network, [5, 6]), left.state)
    expect(resultsOf(on)).toEqual(inThread(network, [1, 2, 3, 4, 5, 6]).slice(4))
  })

  test('a round that was handed in is left as it was, to be trained again', async () => {
    const trainer = pool.trainer(network, SEED)
    const round = roundOf(network, 1)
    const first = await trainer.train(undefined, round)
    expect(round).toEqual(roundOf(network, 1))
    expect(await trainer.train(undefined, round)).toEqual(first)
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
    expect(results).toEqual(inThread(network, rounds))
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
  const expected = rounds().map(here)
  let state = initialTrainerState(MLP, SEED)
  let spare: ReturnType<typeof trainRound>['spare']
  const results = rounds().map((round) => {
    const trained = trainRound(trainable, state, { round, spare })
    ;({ state, spare } = trained)
    return trained.result
  })
  expect(results).toEqual(expected)
  expect(expected.map(({ loss }) => Number.isNaN(loss))).toEqual(
    [2, 4].reduce((all, at) => all.with(at, true), Array(7).fill(false)),
  )
})

test('trainer pool - networks that share it train as each would alone, whichever is begun anew', async () => {
  const networks = [RECURRENT, BIDIRECTIONAL, MLP]
  const trainers = networks.map((network) => pool.trainer(network, SEED))
  const early = await Promise.all(
    trainers.map((trainer, at) => trainRounds(trainer, roundsOf(networks[at]!, [1, 2]))),
  )
  const late = await Promise.all(
    trainers.map((trainer, at) =>
      at === 0
        ? trainRounds(trainer, roundsOf(RECURRENT, [1]))
        : trainRounds(trainer, roundsOf(networks[at]!, [3, 4]), early[at]!.at(-1)!.state),
    ),
  )
  for (const at of [1, 2]) {
    expect(resultsOf([...early[at]!, ...late[at]!])).toEqual(inThread(networks[at]!, [1, 2, 3, 4]))
  }
  expect(resultsOf(late[0]!)).toEqual(inThread(RECURRENT, [1]))
})

test('trainer pool - networks of one shape and other seeds are kept apart', async () => {
  const trained = await Promise.all(
    [1, 2].map((seed) => trainRounds(pool.trainer(RECURRENT, seed), roundsOf(RECURRENT, [1, 2]))),
  )
  expect(trained.map(resultsOf)).toEqual([1, 2].map((seed) => inThread(RECURRENT, [1, 2], seed)))
  expect(resultsOf(trained[0]!)).not.toEqual(resultsOf(trained[1]!))
})

test('trainer pool - the event loop runs on while a round is trained', async () => {
  let turns = 0
  const interval = setInterval(() => {
    turns += 1
  }, 0)
  const batches = Array.from({ length: 400 }, (_, index) => someRound(SMALL, index).batches[0]!)
  await pool.trainer(RECURRENT, SEED).train(undefined, someRound(SMALL, 1, { batches }))
  clearInterval(interval)
  expect(turns).toBeGreaterThan(5)
})

test('trainer pool - a round of the wrong shape fails with its reason, and the thread lives on', async () => {
  const trainer = pool.trainer(RECURRENT, SEED)
  const other = someRound({ ...SMALL, channels: 2 }, 1)
  const broken = { ...other, batches: other.batches.map((batch) => ({ ...batch, size: -1 })) }
  await expect(trainer.train(undefined, broken)).rejects.toThrow('a training round failed')
  expect(resultsOf(await trainRounds(trainer, roundsOf(RECURRENT, [1, 2])))).toEqual(
    inThread(RECURRENT, [1, 2]),
  )
})

test('trainer pool - a thread that dies fails the round it had, by name; another takes its place', async () => {
  const frail = await openTrainerPool({ threads: 1, worker: '../test/networks/frail-worker' })
  const trainer = frail.trainer(RECURRENT, SEED)
  await expect(trainer.train(undefined, someRound(SMALL, 13))).rejects.toMatchObject({
    name: 'TrainingThreadError',
    message: 'the training thread failed: out of memory',
  })
  expect(resultsOf(await trainRounds(trainer, roundsOf(RECURRENT, [1, 2])))).toEqual(
    inThread(RECURRENT, [1, 2]),
  )
  await frail.close()
})

test('trainer pool - a thread that ends before it can train is told at the start', async () => {
  const outcome = openTrainerPool({ threads: 1, worker: '../test/networks/no-such-worker' })
  await expect(outcome).rejects.toThrow(/no-such-worker|before it could train/)
})

test('trainer pool - once closed, what is pending and what comes later is rejected', async () => {
  const other = await openTrainerPool({ threads: 1 })
  const trainer = other.trainer(RECURRENT, SEED)
  const refused = [1, 2].map((round) =>
    expect(trainer.train(undefined, someRound(SMALL, round))).rejects.toThrow('the trainer pool is closed'),
  )
  await new Promise((resolve) => setImmediate(resolve))
  await other.close()
  await Promise.all(refused)
  await expect(trainer.train(undefined, someRound(SMALL, 3))).rejects.toThrow('the trainer pool is closed')
})
