import type { TrainedExpert } from '../../src/core/station-model.ts'
import { LEADS } from '../../src/domain/forecast.ts'
import { HOUR } from '../../src/domain/instant.ts'
import type { Example } from '../../src/forecast/features/example.ts'
import type { Forecaster } from '../../src/forecast/forecaster.ts'
import { learner } from '../../src/learn/learner.ts'
import type { TrainingRound } from '../../src/learn/trainer.ts'
import { outcomeOf } from '../learn/rounds.ts'

/** Says the mean of all numbers in its weights: another one for all that a round was made of. */
export function taughtForecaster(
  name: string,
  learnsFrom: TrainedExpert['learnsFrom'] = 'features',
): Forecaster {
  return {
    name,
    initial: () => ({}),
    observe: () => undefined,
    ...(learnsFrom === 'features' && {
      learn: (_: unknown, { truth, current }: Example) => ({
        targets: Float32Array.from(truth, (value) => value - current),
      }),
    }),
    predict(_, { weights, current }) {
      if (!weights) return undefined
      const { values } = weights.arrays[0]!
      return new Float64Array(LEADS).fill(
        current + values.reduce((sum, value) => sum + value, 0) / values.length,
      )
    },
  }
}

/** An expert that is trained four times a day, from its third sample on, by a stand-in that answers at once. */
export function taughtExpert(
  name: string,
  {
    learnsFrom = 'features',
    fails = false,
    minRounds = 1,
  }: { learnsFrom?: TrainedExpert['learnsFrom']; fails?: boolean; minRounds?: number } = {},
): { readonly expert: TrainedExpert; readonly rounds: TrainingRound[] } {
  const rounds: TrainingRound[] = []
  const expert: TrainedExpert = {
    name,
    learnsFrom,
    minRounds,
    learner: learner({ seed: 1, schedule: { trainEvery: 6 * HOUR, minSamples: 3 } }),
    trainer: {
      engine: 'stand-in',
      async train(_, round) {
        rounds.push(round)
        if (fails) throw new Error('the thread is gone')
        return outcomeOf(round)
      },
    },
  }
  return { expert, rounds }
}
