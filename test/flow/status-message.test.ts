import { expect, test } from 'vitest'
import { settledShare, type TrainedNetwork, trainingStatus } from '../../src/flow/status-message.ts'
import { learner } from '../../src/learn/learner.ts'
import { type LearnerState, statsOf } from '../../src/learn/learner-state.ts'

/** One that has trained some rounds, or cannot learn. */
function network(
  name: string,
  { recurrent = false, ...state }: { recurrent?: boolean } & Partial<LearnerState> = {},
): TrainedNetwork {
  return { name, recurrent, stats: statsOf({ ...learner({ seed: 1 }).initial(), ...state }) }
}

test('status - trouble of what learns is told where there is no recurrent network, too', () => {
  const off = trainingStatus([], 'none')
  expect(off).toMatchObject({ state: 'off', network: 'none', networks: {} })
  expect('trouble' in off).toBe(false)
  const troubled = trainingStatus([network('mlp', { failure: 'the thread is gone' })], 'none')
  expect(troubled).toEqual({
    ...off,
    trouble: 'mlp: the thread is gone',
    networks: { mlp: { rounds: 0, undone: 0 } },
  })
})

test('status - says of every network how many rounds it trained and how many of them were rolled back', () => {
  const gru = network('gru', { recurrent: true, rounds: 40, rolledBack: 1 })
  const { networks, rounds } = trainingStatus([network('mlp', { rounds: 20 }), gru], 'GRU(32)')
  expect(rounds).toBe(40)
  expect(networks).toEqual({ gru: { rounds: 40, undone: 1 }, mlp: { rounds: 20, undone: 0 } })
})

test('status - of a loss that is no number none is told', () => {
  const told = (loss: number | undefined) =>
    trainingStatus([network('gru', { recurrent: true, loss })], 'GRU(32)')
  expect([0.25, Number.NaN, undefined].map((loss) => told(loss).loss)).toEqual([0.25, null, null])
})

test('status - says which share of the forecasts whose time has come could be verified', () => {
  expect(settledShare({ settled: 0, expired: 0 })).toBeNull()
  expect(settledShare({ settled: 0, expired: 7 })).toBe(0)
  expect(settledShare({ settled: 2, expired: 1 })).toBe(0.667)
})
