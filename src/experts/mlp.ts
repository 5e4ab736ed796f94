import { DAY, HOUR, type Span } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { featureLayout } from '../forecast/features/station-features.ts'
import type { Forecaster } from '../forecast/forecaster.ts'
import { learner } from '../learn/learner.ts'
import { fallingLearningRate } from '../learn/learning-rate.ts'
import { mlpForecaster } from '../networks/mlp/mlp-forecaster.ts'
import type { ExpertEntry } from './expert.ts'

/** A network on features among the experts. */
export interface MlpShape<Base> {
  /** It learns and predicts how far the truth is from this forecast. */
  readonly base: (station: Station) => Forecaster<Base>
  readonly dropout: number
  /** Deviation of the noise that is added to inputs in training. */
  readonly noise: number
  /** Share of a batch from the last 60 days. */
  readonly recentShare: number
  /** Added to the run's seed. */
  readonly seed: number
}

const HIDDEN = 128
/** Once a day, from the third day's samples on. */
const SCHEDULE = { trainEvery: DAY, lag: 16 * HOUR, minSamples: 48 }
const BATCH = 128
const RATE_FLOOR = 2e-4
const MOST_STEPS = 8

/** Few while there is little to learn from: many early only teach the first season by heart. */
function stepsADay(learntFor: Span): number {
  return Math.floor(Math.min(MOST_STEPS, 1 + learntFor / (180 * DAY)))
}

/** A network on the features that all experts share. */
export function mlp<Base>(
  name: string,
  { base, dropout, noise, recentShare, seed: ownSeed }: MlpShape<Base>,
): ExpertEntry {
  return {
    name,
    learnsFrom: 'features',
    create(station, options) {
      const seed = options.seed + ownSeed
      const inputs = featureLayout(station).names.length
      return {
        forecaster: mlpForecaster(station, { name, base: base(station) }),
        training: {
          learnsFrom: 'features',
          network: { kind: 'mlp', spec: { inputs, hidden: HIDDEN, dropout, noise } },
          seed,
          minRounds: 1,
          learner: learner({
            seed,
            schedule: SCHEDULE,
            batchSize: BATCH,
            stepsPerRound: stepsADay,
            recentShare,
            learningRate: (learntFor) => fallingLearningRate(learntFor, RATE_FLOOR),
          }),
        },
      }
    },
  }
}
