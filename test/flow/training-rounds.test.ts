import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deferred } from '../../src/domain/deferred.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { trainingRounds } from '../../src/flow/training-rounds.ts'
import { awaited, type LearnerOptions, learner } from '../../src/learn/learner.ts'
import { statsOf } from '../../src/learn/learner-state.ts'
import type { RoundTrainer, TrainedRound, TrainerState, TrainingRound } from '../../src/learn/trainer.ts'
import { stored } from '../forecast/stored.ts'
import { inputAt, outcomeOf } from '../learn/rounds.ts'
import { modelOf } from './run-pipeline.ts'

interface Asked {
  readonly expert: string
  readonly state: TrainerState | undefined
  readonly round: TrainingRound
  finish(): void
  fail(error: Error): void
}

/** Experts whose trainers do nothing by themselves: a test says when a round has ended, and how. */
function under(
  experts: readonly string[] = ['one'],
  {
    schedule = { minSamples: 72 },
    trainerOf,
  }: { schedule?: LearnerOptions['schedule']; trainerOf?: (expert: string) => RoundTrainer } = {},
) {
  const asked: Asked[] = []
  const inHand = (expert: string): RoundTrainer => ({
    engine: 'stand-in',
    train(state, round) {
      const { promise, resolve, reject } = deferred<TrainedRound>()
      asked.push({ expert, state, round, finish: () => resolve(outcomeOf(round)), fail: reject })
      return promise
    },
  })
  const trained = experts.map((name) => ({
    ...{ name, learnsFrom: 'features' as const, minRounds: 1 },
    ...{ learner: learner({ seed: 1, schedule }), trainer: (trainerOf ?? inHand)(name) },
  }))
  const model = modelOf({ experts: [], trained })
  const state = model.initial()
  const rounds = trainingRounds(trained, state)
  return {
    ...{ model, state, trained, asked, rounds },
    observe(hour: number): void {
      for (const { name, learner } of trained) learner.observe(state.learners[name]!, inputAt(hour))
      rounds.begin()
    },
    due: (hour: number) =>
      trained.flatMap(({ name }) => {
        const round = awaited(state.learners[name]!, hour * HOUR)
        return round === undefined ? [] : [{ expert: name, round }]
      }),
  }
}

/** Lets other work go on for some turns of the microtask queue: time passes, on no clock. */
async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await undefined
}

/** Whether a promise is still open, once all else has had its turn. */
async function isOpen(promise: Promise<unknown>): Promise<boolean> {
  let open = true
  const close = (): void => {
    open = false
  }
  promise.then(close, close)
  await turns()
  return open
}

test('training rounds - are trained one after the other, each from where the one before has ended', async () => {
  const { observe, asked, state } = under(['one'], { schedule: { trainEvery: 6 * HOUR, lag: 24 * HOUR } })
  for (let hour = 0; hour < 90; hour++) observe(hour)
  expect(state.learners['one']!.open).toHaveLength(3)
  for (const rounds of [1, 2, 3]) {
    await turns()
    expect(asked.map(({ round }) => round.round)).toEqual([1, 2, 3].slice(0, rounds))
    asked.at(-1)!.finish()
  }
  await turns()
  expect(asked).toHaveLength(3)
  expect(asked.map(({ state }) => state?.optimizer.step)).toEqual([undefined, 1, 2])
  expect(state.learners['one']!.open.every(({ result }) => result !== undefined)).toBe(true)
})

test('training rounds - hold the stream until the round that is due is here, and where none is not at all', async () => {
  const { observe, asked, rounds, due, state } = under()
  for (let hour = 0; hour < 84; hour++) observe(hour)
  expect(rounds.until(due(83))).toBeUndefined()
  const held = rounds.until(due(84))!
  expect(await isOpen(held)).toBe(true)
  asked[0]!.finish()
  await held
  expect(rounds.until(due(84))).toBeUndefined()
  observe(84)
  expect(state.learners['one']!.weights?.version).toBe(1)
})

test('training rounds - hold the stream through all rounds that come before the one that is due', async () => {
  const { observe, asked, rounds, due } = under(['one'], {
    schedule: { trainEvery: 6 * HOUR, lag: 24 * HOUR },
  })
  for (let hour = 0; hour < 90; hour++) observe(hour)
  // A gap: the second round is due, and the first one is not even trained.
  const held = rounds.until(due(102))!
  asked[0]!.finish()
  expect(await isOpen(held)).toBe(true)
  asked[1]!.finish()
  await held
  observe(102)
})

test('training rounds - that fail let the stream go on, with the weights it has, and are not asked for again', async () => {
  const { observe, asked, rounds, due, state } = under(['one', 'other'])
  for (let hour = 0; hour < 84; hour++) observe(hour)
  const held = rounds.until(due(84))!
  asked.find(({ expert }) => expert === 'one')!.fail(new Error('the thread is gone'))
  expect(await isOpen(held)).toBe(true)
  asked.find(({ expert }) => expert === 'other')!.finish()
  await held
  observe(84)
  await turns()
  const stats = ['one', 'other'].map((name) => statsOf(state.learners[name]!))
  expect(stats).toMatchObject([
    { state: 'off', failure: 'the thread is gone', weightsVersion: 0 },
    { failure: undefined, weightsVersion: 1 },
  ])
  for (let hour = 85; hour < 96; hour++) observe(hour)
  expect(due(96).map(({ expert }) => expert)).toEqual(['other'])
  expect(asked.filter(({ expert }) => expert === 'one')).toHaveLength(1)
})

test('training rounds - of a session that is over change nothing in the next one', async () => {
  for (const end of ['finish', 'fail'] as const) {
    const { model, observe, asked, rounds, due, state } = under()
    for (let hour = 0; hour < 80; hour++) observe(hour)
    const [before] = asked
    model.beginSession(state, 'next')
    const begun = stored(state.learners['one'])
    before![end](new Error('too late'))
    await turns()
    expect(state.learners['one']).toEqual(begun)
    // The new learner is not kept waiting by the old round, and begins from nothing.
    for (let hour = 0; hour < 84; hour++) observe(hour)
    expect(asked).toHaveLength(2)
    expect(asked[1]).toMatchObject({ state: undefined, round: { round: 1 } })
    const held = rounds.until(due(84))!
    expect(await isOpen(held)).toBe(true)
    asked[1]!.finish()
    await held
    observe(84)
    expect(state.learners['one']!.weights?.version).toBe(1)
  }
})

test('training rounds - of a new session do not wait for one of the old session that is under way', async () => {
  const { model, observe, asked, state } = under()
  for (let hour = 0; hour < 80; hour++) observe(hour)
  model.beginSession(state, 'next')
  for (let hour = 0; hour < 80; hour++) observe(hour)
  expect(asked).toHaveLength(2)
  asked[1]!.finish()
  await turns()
  asked[0]!.finish()
  await turns()
  expect(state.learners['one']!.open).toMatchObject([{ round: 1, request: undefined }])
  expect(state.learners['one']!.failure).toBeUndefined()
})

test('training rounds - that were open when the state was written out are begun anew', async () => {
  const { observe, asked, state, trained } = under(['one'], {
    schedule: { trainEvery: 6 * HOUR, lag: 24 * HOUR },
  })
  for (let hour = 0; hour < 84; hour++) observe(hour)
  asked[0]!.finish()
  await turns()
  const before = asked.length
  const again = trainingRounds(trained, stored(state))
  again.begin()
  expect(asked).toHaveLength(before + 1)
  expect(asked.at(-1)).toMatchObject({ state: { optimizer: { step: 1 } } })
  expect(asked.at(-1)!.round).toEqual(asked[before - 1]!.round)
})

test('training rounds - however fast the stream and however slow the trainer, every forecast has the same weights', async () => {
  const ran = async (training: readonly number[], pausing: readonly number[]) => {
    const trainerOf = (): RoundTrainer => ({
      engine: 'stand-in',
      async train(_, round) {
        await turns(training[round.round % training.length])
        return outcomeOf(round)
      },
    })
    const { observe, rounds, due, state } = under(['one'], { trainerOf })
    const used: (readonly number[])[] = []
    for (let hour = 0; hour < 200; hour++) {
      await turns(pausing[hour % pausing.length])
      await rounds.until(due(hour))
      observe(hour)
      used.push([...(state.learners['one']!.weights?.arrays[0]?.values ?? [])])
    }
    return used
  }
  const expected = await ran([0], [50])
  expect(new Set(expected.map(([version]) => version))).toEqual(
    new Set([undefined, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
  )
  const delays = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 20 })
  const pauses = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(delays, pauses, async (training, pausing) => {
      expect(await ran(training, pausing)).toEqual(expected)
    }),
    { numRuns: 30 },
  )
})
