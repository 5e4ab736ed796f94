import { describe, expect, it } from 'vitest'
import type { Batch, TrainingResult } from '../../src/learn/trainer.ts'
import type { Trainable } from '../../src/networks/train-round.ts'
import { untrainedState } from '../../src/networks/trainer-state.ts'
import { trainingFrom } from './in-thread.ts'
import { SMALL, someRound } from './networks.ts'

/** One parameter whose loss is its distance from `optimum()`. */
function distance(optimum: () => number, { start = 1 } = {}) {
  const seen: number[] = []
  const network: Trainable = {
    emaDecay: 0.97,
    lossAndGradient(parameters, _batch: Batch, { gradient }) {
      const error = parameters[0]! - optimum()
      seen.push(parameters[0]!)
      gradient[0] = Math.sign(error)
      return Math.abs(error)
    },
    shaped: (parameters) => [{ shape: [1], values: parameters }],
  }
  const train = trainingFrom(network, untrainedState(Float32Array.of(start)))
  let round = 0
  const rounds = (count: number): TrainingResult[] =>
    Array.from({ length: count }, () => train({ ...someRound(SMALL, ++round), learningRate: 0.01 }))
  return { rounds, seen }
}

describe('rounds', () => {
  it('rounds - a network that diverges goes back to its last good parameters, and the round tells so', () => {
    let away = 0
    const { rounds, seen } = distance(() => -away)
    rounds(10)
    const well = seen.at(-1)!
    away = 50
    const [rolledBack] = rounds(1)
    expect(rolledBack!.loss).toBeNaN()
    away = 0
    const [next] = rounds(1)
    expect(next!.loss).toBeLessThan(1)
    const began = seen.at(-someRound(SMALL, 1).batches.length)!
    expect(Math.abs(began - well)).toBeLessThan(0.2)
  })

  it('rounds - where the world has changed rather than the network, it learns again after a few rounds', () => {
    let optimum = 0
    const { rounds } = distance(() => optimum)
    rounds(10)
    optimum = 20
    const rolledBack = rounds(30).map(({ loss }) => Number.isNaN(loss))
    expect(rolledBack[0]).toBe(true)
    expect(rolledBack.at(-1)).toBe(false)
  })

  it('rounds - losses that are all but nothing are not told apart', () => {
    const { rounds } = distance(() => 1)
    expect(rounds(20).every(({ loss }) => Number.isFinite(loss))).toBe(true)
  })
})
