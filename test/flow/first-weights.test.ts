import { expect, test } from 'vitest'
import { BASELINES } from '../../src/domain/baselines.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { firstWeightsAt } from '../../src/flow/first-weights.ts'
import { learner } from '../../src/learn/learner.ts'
import { entryOf, forecastersOf, OPTIONS } from '../experts/created.ts'
import { stationOf } from '../forecast/series.ts'
import { inlineTrainer, inlineTraining } from '../networks/inline-trainers.ts'
import { eventsOf, modelOf, weatherTicks } from './run-pipeline.ts'

const station = stationOf()
const NAME = 'mlp'

function modelWith(minRounds: number) {
  const { forecaster, training } = entryOf(NAME).create(station, OPTIONS)
  return modelOf({
    experts: [...forecastersOf(station, { names: BASELINES }), forecaster],
    trained: [
      {
        ...{ name: NAME, learnsFrom: 'features', minRounds },
        trainer: inlineTrainer(inlineTraining(training!.network, 1), (train) => train),
        learner: learner({
          seed: 1,
          schedule: { trainEvery: 12 * HOUR, offset: 5 * HOUR, lag: 7 * HOUR, minSamples: 10 },
          batchSize: 16,
        }),
      },
    ],
  })
}

test.each([1, 3])(
  'first weights - with %i rounds before they are used, come when it was said from the first hours on',
  async (minRounds) => {
    const model = modelWith(minRounds)
    const [expert] = model.parts.trained
    const state = model.initial()
    const told = () => firstWeightsAt(expert!, { parts: model.parts, state })
    expect(told()).toBeUndefined()
    const predictions: (number | undefined)[] = []
    let usedAt: number | undefined
    for (const tick of weatherTicks(6 * 24)) {
      await eventsOf(model, [tick], state)
      if (usedAt === undefined && state.learners[NAME]!.rounds >= minRounds) usedAt = state.newest?.eventTime
      if (usedAt === undefined) predictions.push(told())
    }
    expect(predictions.length).toBeGreaterThan(30)
    expect(new Set(predictions)).toEqual(new Set([usedAt]))
    expect(told()).toBeUndefined()
  },
)
