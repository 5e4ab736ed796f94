import { LEADS } from '../../src/domain/forecast.ts'
import { HOUR } from '../../src/domain/instant.ts'
import type { ScalerSnapshot } from '../../src/domain/lookback.ts'
import type { LearnerInput } from '../../src/learn/learner.ts'
import type { Batch, TrainedRound, TrainerState, TrainingRound } from '../../src/learn/trainer.ts'

export const scalerAt = (hour: number): ScalerSnapshot => ({
  count: hour,
  mean: Float64Array.of(hour),
  deviation: Float64Array.of(1),
})

/** A sample for each of these hours, all its numbers that hour. */
export function batchOfHours(hours: readonly number[]): Batch {
  return {
    size: hours.length,
    inputs: Float32Array.from(hours),
    base: Float32Array.from(hours),
    issuedAt: Float64Array.from(hours, (hour) => hour * HOUR),
    truth: Float32Array.from(
      { length: LEADS * hours.length },
      (_, index) => hours[Math.floor(index / LEADS)]!,
    ),
  }
}

/** One sample matures each hour; it was issued a day before. */
export function inputAt(hour: number): LearnerInput {
  return {
    eventTime: hour * HOUR,
    samples: hour + 1,
    first: -24 * HOUR,
    scaler: () => scalerAt(hour),
    draw: ({ size }, random) => batchOfHours(Array.from({ length: size }, () => random.below(hour + 1) - 24)),
  }
}

/** A state of training that tells nothing but the round that it was reached by. */
export function trainerStateAfter(round: number): TrainerState {
  const numbers = Float32Array.of(round)
  const optimizer = {
    step: round,
    parameters: numbers,
    firstMoment: numbers,
    secondMoment: numbers,
    average: numbers,
  }
  return { optimizer, lastGood: optimizer, runningMean: 1 / round, noise: 0 }
}

/** Weights that tell all the round was made of: its number, learning rate, scaler and samples. */
export function outcomeOf(
  { round, requestedAt, scaler, learningRate, batches }: TrainingRound,
  { loss = 1 / round } = {},
): TrainedRound {
  const drawn = batches.flatMap(({ base }) => [...base])
  const values = Float32Array.of(round, learningRate, ...scaler.mean, ...drawn)
  return {
    result: {
      weights: {
        version: round,
        trainedAt: requestedAt,
        scaler,
        arrays: [{ shape: [values.length], values }],
      },
      loss,
      steps: batches.length,
    },
    state: trainerStateAfter(round),
  }
}
