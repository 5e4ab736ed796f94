import { expect, test } from 'vitest'
import { LEADS } from '../../src/domain/forecast.ts'
import { HOUR } from '../../src/domain/instant.ts'
import type { Sample } from '../../src/domain/lookback.ts'
import { learningFromOffers } from '../../src/flow/learning.ts'
import { type Learner, learner } from '../../src/learn/learner.ts'
import type { TrainingRound } from '../../src/learn/trainer.ts'
import { readingOf } from '../forecast/series.ts'

/* The trainer is a stand-in that answers at once: what is held here is what reaches it, and when. */

function listening(fail = false): { readonly subject: Learner; readonly rounds: TrainingRound[] } {
  const rounds: TrainingRound[] = []
  const subject = learner({
    seed: 1,
    schedule: { trainEvery: 6 * HOUR, minSamples: 3 },
    trainer: {
      async train(round) {
        rounds.push(round)
        if (fail) throw new Error('the thread is gone')
        const weights = { version: round.round, trainedAt: 0, scaler: round.scaler, arrays: [] }
        return { weights, loss: 1, steps: round.batches.length, wallMs: 0 }
      },
      async reset() {},
    },
  })
  return { subject, rounds }
}

const sampleAt = (hour: number): Sample => ({
  issuedAt: hour * HOUR,
  inputs: Float32Array.of(hour),
  base: 0,
  truth: new Float32Array(LEADS),
})

test('learning - samples offered count from the next reading on, each once', async () => {
  const { subject, rounds } = listening()
  const learning = learningFromOffers(subject, { name: 'mlp' })
  for (let hour = 1; hour <= 12; hour++) {
    const reading = readingOf(hour * HOUR, 0)
    await learning.due(reading)
    learning.observe(reading)
    learning.offer(sampleAt(hour))
  }
  await Promise.resolve()
  expect(subject.stats.samples).toBe(11)
  expect(rounds.map(({ requestedAt }) => requestedAt / HOUR)).toEqual([6, 12])
  expect(Math.max(...rounds[0]!.batches[0]!.inputs)).toBeLessThanOrEqual(5)
  expect(subject.weights?.version).toBe(1)
})

test('learning - what was offered in one session is not learnt from in the next', async () => {
  const { subject } = listening()
  const learning = learningFromOffers(subject, { name: 'mlp' })
  learning.offer(sampleAt(1))
  await learning.reset()
  learning.observe(readingOf(HOUR, 0))
  expect(subject.stats.samples).toBe(0)
})

test('learning - what keeps an expert from learning is said with its name, and holds nothing up', async () => {
  const learning = learningFromOffers(listening(true).subject, { name: 'mlp' })
  expect(learning.trouble).toBeUndefined()
  for (let hour = 1; hour <= 24; hour++) {
    const reading = readingOf(hour * HOUR, 0)
    await learning.due(reading)
    learning.observe(reading)
    learning.offer(sampleAt(hour))
  }
  expect(learning.trouble).toBe('mlp: the thread is gone')
})
