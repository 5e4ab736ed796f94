import { HOUR } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import type { NetworkSpec } from '../domain/weights.ts'
import { aheadInputs } from '../forecast/ahead/ahead-inputs.ts'
import { lookaheadColumns } from '../forecast/ahead/lookahead.ts'
import { networkInputsOf } from '../forecast/features/network-inputs.ts'
import { learner } from '../learn/learner.ts'
import { networkForecaster } from '../networks/network-forecaster.ts'
import type { ExpertEntry, ExpertOptions } from './expert.ts'
import { windowRows } from './window-rows.ts'

/** The shape of a recurrent network among the experts. */
export interface RecurrentShape extends Pick<NetworkSpec, 'cell' | 'units' | 'bidirectional'> {
  /** Added to the run's seed. */
  readonly seed: number
  /** Default 1. */
  readonly minRounds?: number
}

const RECENT_SHARE = 0.1
/** Weights take effect so long after they were asked for, or sooner where rounds are asked for more often. */
const LAG = 16 * HOUR

/** A recurrent network over the lookback. */
export function recurrent(name: string, shape: RecurrentShape): ExpertEntry {
  return {
    name,
    learnsFrom: 'lookbacks',
    create(station, options) {
      const { trainEvery, batch, roundSteps, threads } = options.networks
      const { place, of } = options.turn
      const spec = networkSpec(station, shape, options)
      const seed = options.seed + shape.seed
      const inputs = aheadInputs(station)
      return {
        forecaster: networkForecaster(station, { name, spec }),
        ...(inputs.length > 0 && { inputs }),
        training: {
          learnsFrom: 'lookbacks',
          network: { kind: 'recurrent', spec, ...(threads !== undefined && { threads }) },
          seed,
          minRounds: shape.minRounds ?? 1,
          learner: learner({
            seed,
            schedule: {
              trainEvery,
              // In turns, a thread is at work while the stream goes on, and seldom waited for.
              offset: (place * trainEvery) / of,
              lag: Math.min(LAG, trainEvery),
            },
            batchSize: batch,
            stepsPerRound: roundSteps,
            recentShare: RECENT_SHARE,
          }),
        },
      }
    },
  }
}

function networkSpec(
  station: Station,
  { cell, units, bidirectional }: RecurrentShape,
  { networks }: ExpertOptions,
): NetworkSpec {
  const { lookback, stride } = windowRows(station, networks)
  const aheadColumns = lookaheadColumns(station)
  return {
    cell,
    units,
    bidirectional,
    steps: lookback / stride,
    stepSpan: stride * station.cadence,
    channels: networkInputsOf(station).count,
    target: 0,
    ...(aheadColumns !== undefined && { aheadColumns }),
  }
}
