import { expect, test } from 'vitest'
import { HOUR } from '../../src/domain/instant.ts'
import type { Lookback } from '../../src/domain/lookback.ts'
import { training } from '../../src/flow/training.ts'
import { levelsOf } from '../../src/forecast/features/levels.ts'
import { learner } from '../../src/learn/learner.ts'
import type { TrainingRound } from '../../src/learn/trainer.ts'
import { readingOf, START, stationOf } from '../forecast/series.ts'

/* The trainers are stand-ins that answer at once: what is held here is what reaches them. */

const station = stationOf()
const HOURS = 48

function listening({ fails = false } = {}) {
  const rounds: TrainingRound[] = []
  const subject = learner({
    seed: 1,
    schedule: { trainEvery: 6 * HOUR, minSamples: 3 },
    trainer: {
      async train(round) {
        rounds.push(round)
        if (fails) throw new Error('the thread is gone')
        const weights = { version: round.round, trainedAt: 0, scaler: round.scaler, arrays: [] }
        return { weights, loss: 1, steps: round.batches.length, wallMs: 0 }
      },
      async reset() {},
    },
  })
  return { subject, rounds }
}

const lookbackAt = (issuedAt: number, value: number): Lookback => ({
  issuedAt,
  steps: 1,
  stepSpan: HOUR,
  channels: 2,
  copyTo: (target, offset = 0) => target.set([value, 990], offset),
})

async function lived(fails = false) {
  const [one, other] = [listening({ fails }), listening()]
  const subject = training(station, {
    levels: levelsOf(station),
    networks: [
      { name: 'one', learner: one.subject },
      { name: 'other', learner: other.subject },
    ],
  })
  for (let hour = 0; hour < HOURS; hour++) {
    const reading = readingOf(START + hour * HOUR, hour)
    await subject.due(reading)
    subject.observe(reading)
    subject.issued(lookbackAt(reading.eventTime, hour), hour)
    await Promise.resolve()
  }
  return { subject, one, other }
}

test('training - every network is given the same samples, with the scales of its levels', async () => {
  const { one, other, subject } = await lived()
  expect(one.rounds.length).toBeGreaterThan(2)
  expect(other.rounds).toEqual(one.rounds)
  expect(subject.networks.map(({ name, stats }) => [name, stats.samples])).toEqual([
    ['one', HOURS - 24],
    ['other', HOURS - 24],
  ])
  // The target's scale is known, the middle of the pressure is what was seen of it.
  const { mean, deviation } = one.rounds[0]!.scaler
  expect([mean[0], ...deviation]).toEqual([0, 10, 8])
  expect(mean[1]).toBeGreaterThan(1000)
})

test('training - one network that can learn no more leaves the others be', async () => {
  const { subject } = await lived(true)
  expect(subject.networks.map(({ trouble }) => trouble)).toEqual(['one: the thread is gone', undefined])
  expect(subject.networks[1]!.stats.weightsVersion).toBeGreaterThan(1)
})

test('training - a new session begins from nothing', async () => {
  const { subject, one } = await lived()
  await subject.reset()
  subject.observe(readingOf(START + HOURS * HOUR, 0))
  expect(subject.networks.map(({ stats }) => stats.samples)).toEqual([0, 0])
  expect(one.subject.weights).toBeUndefined()
})
