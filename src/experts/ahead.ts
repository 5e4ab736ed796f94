import { DAY, HOUR, type Span } from '../domain/instant.ts'
import { quantityNames } from '../domain/outside.ts'
import type { Station } from '../domain/station.ts'
import { aheadInputs } from '../forecast/ahead/ahead-inputs.ts'
import { leastSquaresAhead } from '../forecast/ahead/least-squares-ahead.ts'
import { learner } from '../learn/learner.ts'
import { aheadMlpForecaster } from '../networks/mlp/ahead-mlp-forecaster.ts'
import type { Expert } from './expert.ts'

/** How they differ: in memory, in what they ask of the clock, and in what chance has drawn. */
const KINDS = [
  { name: 'ahead', memory: 140 * DAY, waves: [DAY], units: 60, seed: 0 },
  { name: 'ahead_recent', memory: 50 * DAY, waves: [DAY], units: 40, seed: 4_000_037 },
  {
    name: 'ahead_week',
    memory: 140 * DAY,
    waves: [DAY, DAY / 2, 7 * DAY, 3.5 * DAY],
    units: 60,
    seed: 5_000_011,
  },
] as const

/** The network among them, and the view that it has. */
const NETWORK = { name: 'ahead_mlp', memory: 140 * DAY, waves: [DAY], units: 60, seed: 6_000_023 } as const
const SPEC = { hidden: 32, dropout: 0.3, noise: 0 } as const
/** Once a day. Of an issue it learns four rows, which are of one meaning at all leads: there is much to learn from early. */
const SCHEDULE = { trainEvery: DAY, lag: 16 * HOUR, minSamples: 72 }
const ISSUES_A_BATCH = 32
const STEPS_A_ROUND = 32
const RECENT_SHARE = 0.5
const [RATE, RATE_FLOOR, RATE_FALLS_IN] = [1e-3, 2e-4, 16 * DAY]

function learningRate(learntFor: Span): number {
  return Math.max(RATE_FLOOR, RATE / Math.sqrt(1 + learntFor / RATE_FALLS_IN))
}

/** Those that learn from what is known ahead; none of a station that names no quantity. */
export function aheadExperts(station: Station, { seed }: { readonly seed: number }): readonly Expert[] {
  const needed = quantityNames(station)
  if (needed.length === 0) return []
  const inputs = aheadInputs(station)
  const linear = KINDS.map((kind) => ({
    forecaster: leastSquaresAhead(station, { ...kind, inputs, needed, seed: seed + kind.seed }),
    inputs,
  }))
  return [...linear, network(station, { inputs, needed, seed: seed + NETWORK.seed })]
}

function network(
  station: Station,
  own: { readonly inputs: readonly string[]; readonly needed: readonly string[]; readonly seed: number },
): Expert {
  const forecaster = aheadMlpForecaster(station, { ...NETWORK, ...own })
  return {
    forecaster,
    inputs: own.inputs,
    training: {
      learnsFrom: 'features',
      network: { kind: 'mlp', spec: { ...SPEC, inputs: forecaster.columns } },
      seed: own.seed,
      minRounds: 1,
      learner: learner({
        seed: own.seed,
        schedule: SCHEDULE,
        batchSize: ISSUES_A_BATCH,
        stepsPerRound: STEPS_A_ROUND,
        recentShare: RECENT_SHARE,
        learningRate,
      }),
    },
  }
}

export function aheadNames(station: Station): readonly string[] {
  return quantityNames(station).length > 0 ? [...KINDS, NETWORK].map(({ name }) => name) : []
}
