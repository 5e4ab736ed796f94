import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LEADS } from '../../src/domain/forecast.ts'
import { HOUR } from '../../src/domain/instant.ts'
import type { Sample, ScalerSnapshot } from '../../src/domain/lookback.ts'
import { type Learner, learner } from '../../src/learn/learner.ts'
import type { Trainer, TrainingResult, TrainingRound } from '../../src/learn/trainer.ts'

/*
 * The trainer here is a stand-in, so that a test decides when a round is finished and how it ends. That the real one
 * is repeatable is held by test/networks/.
 */

const SPEC = {
  cell: 'gru',
  units: [1],
  bidirectional: false,
  steps: 1,
  stepSpan: HOUR,
  channels: 1,
  target: 0,
} as const

/** Weights that tell all the round was made of: its number, samples, scaler and learning rate. */
function resultOf({ round, requestedAt, scaler, learningRate, batches }: TrainingRound): TrainingResult {
  const drawn = batches.flatMap(({ base }) => [...base])
  const values = Float32Array.of(round, learningRate, ...scaler.mean, ...drawn)
  return {
    weights: { version: round, trainedAt: requestedAt, scaler, arrays: [{ shape: [values.length], values }] },
    loss: 1 / round,
    steps: batches.length,
    wallMs: 0,
  }
}

interface StandIn extends Trainer {
  resets: number
}

function standIn(work: (round: TrainingRound) => Promise<TrainingResult>): StandIn {
  let last: Promise<unknown> = Promise.resolve()
  return {
    engine: 'stand-in',
    spec: SPEC,
    resets: 0,
    train(round) {
      const result = last.then(() => work(round))
      last = result.catch(() => {})
      return result
    },
    async reset() {
      this.resets += 1
    },
    async close() {},
  }
}

const scalerAt = (hour: number): ScalerSnapshot => ({
  count: hour,
  mean: Float64Array.of(hour),
  deviation: Float64Array.of(1),
})

const sampleAt = (hour: number): Sample => ({
  issuedAt: hour * HOUR,
  inputs: Float32Array.of(hour),
  base: hour,
  truth: new Float32Array(LEADS).fill(hour),
})

function observe(subject: Learner, hour: number): void {
  subject.observe({ eventTime: hour * HOUR, samples: [sampleAt(hour - 24)], scaler: () => scalerAt(hour) })
}

/** Hourly readings, held wherever the learner asks for it; yields what weights each forecast would have had. */
async function stream(subject: Learner, hours: number, pause: (hour: number) => Promise<void>) {
  const used: (readonly number[])[] = []
  for (let hour = 0; hour < hours; hour++) {
    await pause(hour)
    await subject.due(hour * HOUR)
    observe(subject, hour)
    used.push([...(subject.weights?.arrays[0]?.values ?? [])])
  }
  return used
}

/** Lets other work go on for some turns of the microtask queue: time passes, on no clock. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await undefined
}

const immediately = async () => {}

test('learner - however fast the stream and however slow the trainer, every forecast has the same weights', async () => {
  const expected = await stream(
    learner({ trainer: standIn(async (round) => resultOf(round)), seed: 5 }),
    200,
    () => turns(50),
  )
  expect(new Set(expected.map((values) => values[0]))).toEqual(
    new Set([undefined, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
  )
  const delays = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 20 })
  const pauses = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(delays, pauses, async (training, pausing) => {
      const trainer = standIn(async (round) => {
        await turns(training[round.round % training.length]!)
        return resultOf(round)
      })
      const used = await stream(learner({ trainer, seed: 5 }), 200, (hour) =>
        turns(pausing[hour % pausing.length]!),
      )
      expect(used).toEqual(expected)
    }),
    { numRuns: 30 },
  )
})

test('learner - another seed draws other samples', async () => {
  const run = (seed: number) =>
    stream(learner({ trainer: standIn(async (round) => resultOf(round)), seed }), 100, immediately)
  expect(await run(1)).not.toEqual(await run(2))
})

/** A learner at the hour its first round is due (asked for at 72 h, due at 84 h), with the round in the test's hands. */
function atFirstDue() {
  const rounds: { finish: () => void; fail: (error: Error) => void; spoil: () => void }[] = []
  const trainer = standIn(
    (round) =>
      new Promise((resolve, reject) => {
        const spoilt = { ...resultOf(round), loss: Number.NaN }
        rounds.push({
          finish: () => resolve(resultOf(round)),
          fail: reject,
          spoil: () => resolve(spoilt),
        })
      }),
  )
  const subject = learner({ trainer, seed: 1, schedule: { minSamples: 72 } })
  for (let hour = 0; hour < 84; hour++) observe(subject, hour)
  return { subject, rounds, trainer }
}

test('learner - the stream is held only from the moment weights are due until they are ready', async () => {
  const { subject, rounds } = atFirstDue()
  await turns(5)
  expect(subject.due(84 * HOUR - 1)).toBeUndefined()
  const held = subject.due(84 * HOUR)
  expect(held).toBeInstanceOf(Promise)
  rounds[0]!.finish()
  await held
  expect(subject.due(84 * HOUR)).toBeUndefined()
  expect(subject.weights).toBeUndefined()
  observe(subject, 84)
  expect(subject.weights).toMatchObject({ version: 1, trainedAt: 72 * HOUR })
  expect(subject.stats).toMatchObject({
    state: 'waited_for',
    waits: 1,
    promotedAt: 84 * HOUR,
    rounds: 1,
    steps: 2,
  })
})

test('learner - weights that are ready early take effect no earlier', async () => {
  const { subject, rounds } = atFirstDue()
  await turns(5)
  expect(subject.stats.state).toBe('training')
  rounds[0]!.finish()
  await turns(5)
  expect(subject.weights).toBeUndefined()
  expect(subject.stats.state).toBe('idle')
  observe(subject, 84)
  expect(subject.weights?.version).toBe(1)
  expect(subject.stats).toMatchObject({ waits: 0, loss: 1, weightsVersion: 1 })
})

test('learner - a round without a finite loss is not promoted: the weights before it stay', async () => {
  const { subject, rounds } = atFirstDue()
  await turns(5)
  rounds[0]!.spoil()
  await subject.due(84 * HOUR)
  observe(subject, 84)
  expect(subject.weights).toBeUndefined()
  expect(subject.stats).toMatchObject({ rounds: 1, undone: 1, weightsVersion: 0, promotedAt: undefined })
  await turns(5)
  rounds[1]!.finish()
  await subject.due(96 * HOUR)
  observe(subject, 96)
  expect(subject.weights?.version).toBe(2)
})

test('learner - where training fails the stream goes on with the weights it has, and says why', async () => {
  const { subject, rounds } = atFirstDue()
  await turns(5)
  rounds[0]!.finish()
  await subject.due(84 * HOUR)
  observe(subject, 84)
  await turns(5)
  rounds[1]!.fail(new Error('the training thread ended with code 1'))
  await subject.due(96 * HOUR)
  for (let hour = 96; hour < 200; hour++) {
    expect(subject.due(hour * HOUR)).toBeUndefined()
    observe(subject, hour)
  }
  expect(subject.weights?.version).toBe(1)
  expect(subject.stats).toMatchObject({ state: 'off', trouble: 'the training thread ended with code 1' })
  expect(rounds).toHaveLength(2)
})

test('learner - a reading that was not held although weights were due is a defect, and said to be one', () => {
  const { subject } = atFirstDue()
  expect(() => observe(subject, 84)).toThrow('not waited for')
})

test('learner - a new session starts from nothing and, on the same stream, learns the same', async () => {
  const trainer = standIn(async (round) => resultOf(round))
  const subject = learner({ trainer, seed: 9 })
  const first = await stream(subject, 150, immediately)
  await subject.reset()
  expect(trainer.resets).toBe(1)
  expect(subject.weights).toBeUndefined()
  expect(subject.stats).toMatchObject({
    state: 'warming_up',
    samples: 0,
    rounds: 0,
    steps: 0,
    loss: undefined,
  })
  expect(await stream(subject, 150, immediately)).toEqual(first)
})

test('learner - a trainer that is gone by a new session leaves the stream without weights, not without an end', async () => {
  const trainer = standIn(async (round) => resultOf(round))
  trainer.reset = () => Promise.reject(new Error('the training thread ended with code 1'))
  const subject = learner({ trainer, seed: 1 })
  await subject.reset()
  await stream(subject, 100, immediately)
  expect(subject.weights).toBeUndefined()
  expect(subject.stats).toMatchObject({ state: 'off', trouble: 'the training thread ended with code 1' })
})

test('learner - a round of the old session that ends in the new one changes nothing in it', async () => {
  const { subject, rounds } = atFirstDue()
  await turns(5)
  await subject.reset()
  rounds[0]!.finish()
  await turns(5)
  for (let hour = 0; hour < 72; hour++) {
    expect(subject.due(hour * HOUR)).toBeUndefined()
    observe(subject, hour)
  }
  expect(subject.weights).toBeUndefined()
  expect(subject.stats).toMatchObject({ rounds: 0, state: 'warming_up' })
})

test('learner - the steps of a round and its rate may hang on how long has been learnt, and on nothing else', async () => {
  const rounds: TrainingRound[] = []
  const trainer = standIn(async (round) => {
    rounds.push(round)
    return resultOf(round)
  })
  const subject = learner({
    trainer,
    seed: 1,
    stepsPerRound: (learntFor) => 1 + Math.floor(learntFor / (48 * HOUR)),
    learningRate: (learntFor) => learntFor / HOUR,
  })
  await stream(subject, 200, immediately)
  // The first sample is of 24 hours before the stream; the first round is asked for at 72 h.
  expect(rounds.map(({ learningRate }) => learningRate)).toEqual(rounds.map((_, index) => 96 + 12 * index))
  expect(rounds.map(({ batches }) => batches.length)).toEqual(
    rounds.map((_, index) => 1 + Math.floor((96 + 12 * index) / 48)),
  )
})

test('learner - no more of a batch is drawn from the last 60 days than it is told to', async () => {
  const shareOfRecent = async (recentShare: number): Promise<number> => {
    const drawn: number[] = []
    const trainer = standIn(async (round) => {
      drawn.push(
        ...round.batches.flatMap(({ issuedAt }) => [...issuedAt]).map((at) => round.requestedAt - at),
      )
      return resultOf(round)
    })
    const subject = learner({ trainer, seed: 1, recentShare, schedule: { trainEvery: 30 * 24 * HOUR } })
    await stream(subject, 24 * 365, immediately)
    return drawn.filter((age) => age < 62 * 24 * HOUR).length / drawn.length
  }
  const [none, half] = [await shareOfRecent(0), await shareOfRecent(0.5)]
  expect(half - none).toBeGreaterThan(0.2)
})
