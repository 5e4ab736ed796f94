import { HOUR } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import type { Weights } from '../domain/weights.ts'
import { type Training, training } from '../flow/training.ts'
import type { WindowParts } from '../flow/windowed.ts'
import { levelsOf } from '../forecast/features/levels.ts'
import type { Forecaster } from '../forecast/forecaster.ts'
import { learner } from '../learn/learner.ts'
import { describeNetworks } from '../networks/describe-networks.ts'
import { networkForecaster } from '../networks/network-forecaster.ts'
import type { RecurrentExpert } from '../networks/recurrent-experts.ts'
import { freeThreads, openTrainerPool } from '../networks/trainer-pool.ts'
import { trainingModule } from '../networks/training-module.ts'
import { type NetworkFlags, networkSpec, windowRows } from './network.ts'

/** The recurrent networks of a station, trained in one thread beside the stream. */
export interface RunningRecurrent {
  /** What trains them, and what they are, in words. */
  readonly engine: string
  readonly network: string
  readonly window: WindowParts
  readonly training: Training
  /** New ones, for a new session. */
  forecasters(): Forecaster[]
  close(): Promise<void>
}

/** Half a dozen years of hourly samples whole, then thinned out evenly. The networks share what they keep. */
const SAMPLES = 50_000
const RECENT_SHARE = 0.1
/** Weights take effect so long after they were asked for, or sooner where rounds are asked for more often. */
const LAG = 16 * HOUR

/** `experts` are one at least. */
export async function startRecurrent(
  station: Station,
  experts: readonly RecurrentExpert[],
  flags: NetworkFlags & { readonly seed: number },
): Promise<RunningRecurrent> {
  const specs = experts.map((expert) => networkSpec(station, expert, flags))
  const seeds = experts.map(({ seed }) => flags.seed + seed)
  const pool = await openTrainerPool({ threads: 1, worker: trainingModule(flags.engine) })
  // Each network would have threads of its own.
  const threads = flags.threads ?? (experts.length > 1 ? 1 : freeThreads())
  const trainers = specs.map((spec, index) =>
    pool.trainer({ kind: 'recurrent', spec, threads }, { seed: seeds[index]! }),
  )
  const networks = experts.map(({ name, availableFromRound = 1 }, index) => ({
    name,
    availableFromRound,
    spec: specs[index]!,
    learner: learner({
      trainer: trainers[index]!,
      seed: seeds[index]!,
      schedule: {
        trainEvery: flags.trainEvery,
        // They share a thread: in turns, it is at work while the stream goes on, and seldom waited for.
        offset: (index * flags.trainEvery) / experts.length,
        lag: Math.min(LAG, flags.trainEvery),
      },
      batchSize: flags.batch,
      stepsPerRound: flags.roundSteps,
      reservoirCapacity: SAMPLES,
      recentShare: RECENT_SHARE,
    }),
  }))
  const levels = levelsOf(station)
  return {
    engine: trainers[0]!.engine,
    network: describeNetworks(specs),
    window: { levels, cadence: station.cadence, ...windowRows(station, flags) },
    training: training(station, { levels, networks }),
    forecasters: () =>
      networks.map(({ name, spec, availableFromRound, learner }) => {
        const available = (weights: Weights): boolean => weights.version >= availableFromRound
        const weights = () => (learner.weights && available(learner.weights) ? learner.weights : undefined)
        return networkForecaster(station, { name, spec, weights })
      }),
    close: () => pool.close(),
  }
}
