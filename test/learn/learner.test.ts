import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HOUR } from '../../src/domain/instant.ts'
import {
  awaited,
  holdFor,
  type LearnerOptions,
  learner,
  nextRound,
  roundTrained,
  trainingFailed,
} from '../../src/learn/learner.ts'
import { type LearnerState, statsOf } from '../../src/learn/learner-state.ts'
import { stored } from '../forecast/stored.ts'
import { inputAt, outcomeOf } from './rounds.ts'

/* Training is an effect elsewhere: here a test says when a round has ended, and how. */

function under(options: Partial<LearnerOptions> = {}, state?: LearnerState) {
  const subject = learner({ seed: 1, ...options })
  const own = state ?? subject.initial()
  return {
    state: own,
    observe: (hour: number) => subject.observe(own, inputAt(hour)),
    /** The round that the stream is held for at an hour. */
    awaited: (hour: number) => awaited(own, hour * HOUR),
    finish() {
      const round = nextRound(own)!
      roundTrained(own, outcomeOf(round))
      return round
    },
    spoil: () => roundTrained(own, outcomeOf(nextRound(own)!, { loss: Number.NaN })),
  }
}
type Under = ReturnType<typeof under>

/** Held at each hour until what is awaited there is here; yields the weights in effect at each forecast. */
function stream(subject: Under, hours: number, { from = 0, trains = (_hour: number): number => 0 } = {}) {
  const used: (readonly number[])[] = []
  for (let hour = from; hour < hours; hour++) {
    for (let rounds = trains(hour); rounds > 0 && nextRound(subject.state); rounds--) subject.finish()
    while (subject.awaited(hour) !== undefined) subject.finish()
    subject.observe(hour)
    used.push([...(subject.state.weights?.arrays[0]?.values ?? [])])
  }
  return used
}

/** Asked for at 72 h, due at 84 h. */
function atFirstDue(): Under {
  const subject = under({ schedule: { minSamples: 72 } })
  for (let hour = 0; hour < 84; hour++) subject.observe(hour)
  return subject
}

test('learner - weights take effect at the same reading, whether training ended long before or was waited for', () => {
  const late = stream(under(), 200)
  expect(new Set(late.map(([version]) => version))).toEqual(
    new Set([undefined, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
  )
  fc.assert(
    fc.property(fc.array(fc.nat(2), { minLength: 1, maxLength: 30 }), (rounds) => {
      expect(stream(under(), 200, { trains: (hour) => rounds[hour % rounds.length]! })).toEqual(late)
    }),
  )
})

test('learner - another seed draws other samples', () => {
  expect(stream(under({ seed: 1 }), 100)).not.toEqual(stream(under({ seed: 2 }), 100))
})

test('learner - the stream is held only from the moment weights are due until they are ready', () => {
  const { state, observe, awaited, finish } = atFirstDue()
  expect(awaited(84 - 1e-6)).toBeUndefined()
  expect(awaited(84)).toBe(1)
  holdFor(state, 1)
  expect(statsOf(state).state).toBe('waited_for')
  finish()
  expect(awaited(84)).toBeUndefined()
  expect(state.weights).toBeUndefined()
  observe(84)
  expect(state.weights).toMatchObject({ version: 1, trainedAt: 72 * HOUR })
  expect(statsOf(state)).toMatchObject({
    state: 'waited_for',
    waits: 1,
    promotedAt: 84 * HOUR,
    rounds: 1,
    steps: 2,
  })
})

test('learner - a round that is waited for is counted once, however often it is asked for', () => {
  const { state, observe, awaited, finish } = atFirstDue()
  for (let asked = 0; asked < 3; asked++) holdFor(state, awaited(84)!)
  finish()
  observe(84)
  for (let hour = 85; hour < 96; hour++) observe(hour)
  holdFor(state, awaited(96)!)
  finish()
  observe(96)
  expect(state.waits).toBe(2)
  expect(state.waitedFor).toBeUndefined()
})

test('learner - weights that are ready early take effect no earlier', () => {
  const { state, observe, finish } = atFirstDue()
  expect(statsOf(state).state).toBe('training')
  finish()
  expect(state.weights).toBeUndefined()
  expect(statsOf(state).state).toBe('idle')
  observe(84)
  expect(state.weights?.version).toBe(1)
  expect(statsOf(state)).toMatchObject({ waits: 0, loss: 1, weightsVersion: 1 })
})

test('learner - rounds are given out in order, each from where the one before has ended', () => {
  const subject = under({ schedule: { trainEvery: 6 * HOUR, lag: 24 * HOUR } })
  for (let hour = 0; hour < 90; hour++) subject.observe(hour)
  expect(subject.state.open.map(({ round }) => round)).toEqual([1, 2, 3])
  const trained = [1, 2, 3].map(() => {
    const before = subject.state.trainer?.optimizer.step ?? 0
    // What is asked again before an outcome is in is the same round.
    expect(nextRound(subject.state)).toBe(nextRound(subject.state))
    return [before, subject.finish().round, subject.state.trainer!.optimizer.step]
  })
  expect(trained).toEqual([
    [0, 1, 1],
    [1, 2, 2],
    [2, 3, 3],
  ])
  expect(nextRound(subject.state)).toBeUndefined()
})

test('learner - a round is forgotten once it has been trained, and its result once it is in effect', () => {
  const { state, observe, finish } = atFirstDue()
  finish()
  expect(state.open).toMatchObject([{ round: 1, request: undefined }])
  observe(84)
  expect(state.open.map(({ round }) => round)).toEqual([2])
})

test('learner - an outcome that nobody asked for is a defect, and said to be one', () => {
  const { state, finish } = atFirstDue()
  const round = nextRound(state)!
  finish()
  expect(() => roundTrained(state, outcomeOf(round))).toThrow('round 1 was trained, but not asked for')
})

test('learner - a round without a finite loss is not promoted: the weights before it stay', () => {
  const { state, observe, spoil, finish } = atFirstDue()
  spoil()
  observe(84)
  expect(state.weights).toBeUndefined()
  expect(statsOf(state)).toMatchObject({ rounds: 1, rolledBack: 1, weightsVersion: 0, promotedAt: undefined })
  finish()
  for (let hour = 85; hour <= 96; hour++) observe(hour)
  expect(state.weights?.version).toBe(2)
  spoil()
  for (let hour = 97; hour <= 108; hour++) observe(hour)
  expect(statsOf(state)).toMatchObject({ rolledBack: 2, weightsVersion: 2, promotedAt: 96 * HOUR })
})

test('learner - where training fails the stream goes on with the weights it has, and says why', () => {
  const { state, observe, awaited, finish } = atFirstDue()
  finish()
  observe(84)
  trainingFailed(state, new Error('the training thread ended with code 1'))
  trainingFailed(state, new Error('and once more'))
  expect(nextRound(state)).toBeUndefined()
  for (let hour = 85; hour < 200; hour++) {
    expect(awaited(hour)).toBeUndefined()
    observe(hour)
  }
  expect(state.weights?.version).toBe(1)
  expect(statsOf(state)).toMatchObject({ state: 'off', failure: 'the training thread ended with code 1' })
  expect(nextRound(state)).toBeUndefined()
  expect(state.samples).toBe(200)
})

test('learner - a reading that was not held although weights were due is a defect, and said to be one', () => {
  const { observe } = atFirstDue()
  expect(() => observe(84)).toThrow('not waited for')
})

test('learner - begins from nothing, and learns the same from the same stream in each state of its own', () => {
  const subject = learner({ seed: 9 })
  const states = [subject.initial(), subject.initial()]
  expect(statsOf(states[0]!)).toMatchObject({
    ...{ state: 'warming_up', samples: 0, rounds: 0, steps: 0, loss: undefined, weightsVersion: 0 },
  })
  const [one, other] = states.map((state) => stream(under({ seed: 9 }, state), 150))
  expect(other).toEqual(one)
})

test('learner - goes on from a state that was written out as if it had never stopped, with rounds open or trained', () => {
  for (const hour of [71, 80, 84, 90, 100]) {
    const subject = under()
    stream(subject, hour)
    const resumed = under({}, stored(subject.state))
    expect(stream(resumed, 200, { from: hour })).toEqual(stream(subject, 200, { from: hour }))
    expect(resumed.state).toEqual(subject.state)
  }
})

test('learner - the steps of a round and its rate may hang on how long has been learnt, and on nothing else', () => {
  const subject = under({
    stepsPerRound: (learntFor) => 1 + Math.floor(learntFor / (48 * HOUR)),
    learningRate: (learntFor) => learntFor / HOUR,
  })
  const rounds: { learningRate: number; batches: readonly unknown[] }[] = []
  for (let hour = 0; hour < 200; hour++) {
    while (nextRound(subject.state)) rounds.push(subject.finish())
    subject.observe(hour)
  }
  expect(rounds.length).toBeGreaterThan(8)
  // The first sample is of 24 hours before the stream; the first round is asked for at 72 h.
  expect(rounds.map(({ learningRate }) => learningRate)).toEqual(rounds.map((_, index) => 96 + 12 * index))
  expect(rounds.map(({ batches }) => batches.length)).toEqual(
    rounds.map((_, index) => 1 + Math.floor((96 + 12 * index) / 48)),
  )
})

test('learner - batches are drawn of the size and with the share of recent samples that it is told', () => {
  const asked: unknown[] = []
  const subject = learner({ seed: 1, batchSize: 7, recentShare: 0.4, stepsPerRound: 3 })
  const state = subject.initial()
  for (let hour = 0; hour <= 72; hour++) {
    subject.observe(state, {
      ...inputAt(hour),
      draw: (options) => {
        asked.push(options)
        return undefined
      },
    })
  }
  expect(asked).toEqual(new Array(3).fill({ size: 7, recentShare: 0.4 }))
  // Where nothing is kept there is nothing to train on.
  expect(nextRound(state)!.batches).toEqual([])
})
