import { DAY, HOUR, type Span } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { type Learning, learningFromOffers } from '../flow/learning.ts'
import type { Forecaster } from '../forecast/forecaster.ts'
import { learner } from '../learn/learner.ts'
import { fallingLearningRate } from '../learn/learning-rate.ts'
import { type MlpExpert, mlpSpec } from '../networks/mlp/mlp-experts.ts'
import { mlpForecaster } from '../networks/mlp/mlp-forecaster.ts'
import { openTrainerPool } from '../networks/trainer-pool.ts'

/** A network on features, trained in a thread beside the stream. */
export interface RunningDense {
  readonly learning: Learning
  /** A new one, for a new session. */
  forecaster(): Forecaster
  close(): Promise<void>
}

/** Once a day, from the third day's samples on. */
const SCHEDULE = { trainEvery: DAY, lag: 16 * HOUR, minSamples: 48 }
const BATCH = 128
/** Half a dozen years of hourly samples whole, then thinned out evenly. */
const SAMPLES = 50_000
const RATE_FLOOR = 2e-4
const MOST_STEPS = 8

/** Few while there is little to learn from: many early only teach the first season by heart. */
function stepsADay(learntFor: Span): number {
  return Math.floor(Math.min(MOST_STEPS, 1 + learntFor / (180 * DAY)))
}

export async function startDense(
  station: Station,
  expert: MlpExpert,
  flags: { readonly seed: number },
): Promise<RunningDense> {
  const seed = flags.seed + expert.seed
  const pool = await openTrainerPool({ threads: 1 })
  const trainer = pool.trainer({ kind: 'mlp', spec: mlpSpec(station, expert) }, { seed })
  const learning = learner({
    trainer,
    seed,
    schedule: SCHEDULE,
    batchSize: BATCH,
    stepsPerRound: stepsADay,
    reservoirCapacity: SAMPLES,
    recentShare: expert.recentShare,
    learningRate: (learntFor) => fallingLearningRate(learntFor, RATE_FLOOR),
  })
  const offered = learningFromOffers(learning, { name: expert.name })
  return {
    learning: offered,
    forecaster: () =>
      mlpForecaster(station, { expert, weights: () => learning.weights, offer: offered.offer }),
    close: () => pool.close(),
  }
}
