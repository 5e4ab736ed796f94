import { describe, expect, it } from 'vitest'
import { BASELINES } from '../../src/domain/baselines.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { trainingStatus } from '../../src/flow/status-message.ts'
import { learner } from '../../src/learn/learner.ts'
import { statsOf } from '../../src/learn/learner-state.ts'
import type { TrainingResult, TrainingRound } from '../../src/learn/trainer.ts'
import { entryOf, forecastersOf, OPTIONS } from '../experts/created.ts'
import { stationOf } from '../forecast/series.ts'
import { inlineTrainer, inlineTraining, type TrainRound } from '../networks/inline-trainers.ts'
import { eventsOf, forecastsIn, modelOf, weatherTicks } from './run-pipeline.ts'

/* A network in its real training, in this thread, and everything round it; one round is given what breaks it. */

const POISONED = 8
const station = stationOf()
const NAME = 'mlp'

const poisoned = (round: TrainingRound): TrainingRound =>
  round.round === POISONED
    ? {
        ...round,
        batches: round.batches.map((batch) => ({ ...batch, truth: batch.truth.map(() => Infinity) })),
      }
    : round

async function ran(meddle: (train: TrainRound) => TrainRound) {
  const { forecaster, training } = entryOf(NAME).create(station, OPTIONS)
  const results: TrainingResult[] = []
  const trainer = inlineTrainer(inlineTraining(training!.network, 1), (train) => {
    const meddled = meddle(train)
    return (state, round) => {
      const trained = meddled(state, round)
      results.push(trained.result)
      return trained
    }
  })
  const model = modelOf({
    experts: [...forecastersOf(station, { names: BASELINES }), forecaster],
    trained: [
      {
        ...{ name: NAME, learnsFrom: 'features', minRounds: 1, trainer },
        learner: learner({ seed: 1, schedule: { trainEvery: 6 * HOUR, minSamples: 8 }, batchSize: 16 }),
      },
    ],
  })
  const state = model.initial()
  const forecasts = forecastsIn(await eventsOf(model, weatherTicks(10 * 24), state))
  const stats = statsOf(state.learners[NAME]!)
  const { networks } = trainingStatus([{ name: NAME, recurrent: false, stats }], 'none')
  return { forecasts, results, told: networks![NAME]! }
}

describe('rollback', () => {
  it('rollback - a round that breaks a network is undone and told, and the published forecast does not notice', async () => {
    const broken = await ran((train) => (state, round) => train(state, poisoned(round)))
    expect(broken.results[POISONED - 1]!.loss).toBeNaN()
    expect(broken.results.slice(POISONED).every(({ loss }) => Number.isFinite(loss))).toBe(true)
    expect(broken.told.undone).toBe(1)
    expect(broken.told.rounds).toBeGreaterThan(POISONED + 5)
    for (const { mean, quantiles } of broken.forecasts) {
      expect([...mean, ...quantiles.flatMap((levels) => [...levels])].every(Number.isFinite)).toBe(true)
    }
    // As if the round had ended with the weights it began with.
    let good: TrainingResult | undefined
    const held = await ran((train) => (state, round) => {
      const trained = train(state, poisoned(round))
      good = round.round === POISONED ? { ...good!, steps: trained.result.steps } : trained.result
      return { ...trained, result: good }
    })
    expect(held.told.undone).toBe(0)
    expect(broken.forecasts).toEqual(held.forecasts)
    expect(broken.forecasts.at(-1)!.models.has(NAME)).toBe(true)
  })

  it('rollback - without one, nothing is told', async () => {
    expect((await ran((train) => train)).told.undone).toBe(0)
  })
})
