import { expect, test } from 'vitest'
import type { Learning } from '../../src/flow/learning.ts'
import { trainingStatus } from '../../src/flow/status-message.ts'
import { type LearnerOptions, learner } from '../../src/learn/learner.ts'

/** One that has lived through some rounds, or cannot learn. */
function learning(
  name: string,
  { rounds = 0, undone = 0, trouble }: Partial<Learning['stats']> = {},
): Learning {
  const trainer: LearnerOptions['trainer'] = { train: () => Promise.reject(), reset: async () => undefined }
  return {
    name,
    stats: { ...learner({ trainer, seed: 1 }).stats, rounds, undone },
    trouble,
    due: () => undefined,
    observe: () => undefined,
    reset: async () => undefined,
  }
}

test('status - trouble of what learns is told where there is no recurrent network, too', () => {
  const off = trainingStatus(undefined, { network: 'none', others: [] })
  expect(off).toMatchObject({ state: 'off', network: 'none', networks: {} })
  expect('trouble' in off).toBe(false)
  const trouble = 'mlp: the thread is gone'
  const troubled = trainingStatus(undefined, { network: 'none', others: [learning('mlp', { trouble })] })
  expect(troubled).toEqual({ ...off, trouble, networks: { mlp: { rounds: 0, undone: 0 } } })
})

test('status - says of every network how many rounds it trained and how many of them were undone', () => {
  const { networks, rounds } = trainingStatus(learning('gru', { rounds: 40, undone: 1 }), {
    network: 'GRU(32)',
    others: [learning('mlp', { rounds: 20 })],
  })
  expect(rounds).toBe(40)
  expect(networks).toEqual({ gru: { rounds: 40, undone: 1 }, mlp: { rounds: 20, undone: 0 } })
})
