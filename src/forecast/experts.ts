import type { Station } from '../domain/station.ts'
import { BASELINES } from './baselines.ts'
import { dampedAnomaly } from './damped-anomaly.ts'
import { HOUR_TERMS, interactions, NO_TERMS, SEASON_TERMS, type Terms } from './features/interactions.ts'
import { randomUnits } from './features/random-units.ts'
import { featureLayout } from './features/station-features.ts'
import type { Forecaster } from './forecaster.ts'
import { leastSquares } from './least-squares.ts'

export interface ExpertOptions {
  /** The same seed makes the same model. */
  readonly seed: number
  /** The burn-in of those that have one, in place of their own: see `LeastSquaresOptions`. */
  readonly minExamples?: number
}

/** Makes a model for a station. */
export type ExpertFactory = (station: Station, options: ExpertOptions) => Forecaster

const RANDOM_UNITS = 500

/** Every model that needs no network, by name, in the order of tables. A new one is a file, and a line here. */
export const EXPERTS: ReadonlyMap<string, ExpertFactory> = new Map<string, ExpertFactory>([
  ...BASELINES,
  ['damped_anomaly', dampedAnomaly],
  ['rls', withTerms('rls', NO_TERMS)],
  ['rls_hour', withTerms('rls_hour', HOUR_TERMS)],
  ['rls_season', withTerms('rls_season', SEASON_TERMS, { robust: true })],
  ['rls_random', rlsRandom],
])

function withTerms(name: string, terms: Terms, { robust = false } = {}): ExpertFactory {
  return (station, { minExamples }) =>
    leastSquares(station, { name, design: interactions(featureLayout(station), terms), robust, minExamples })
}

function rlsRandom(station: Station, { seed, minExamples }: ExpertOptions): Forecaster {
  const design = randomUnits(featureLayout(station), { units: RANDOM_UNITS, seed })
  return leastSquares(station, { name: 'rls_random', design, robust: true, minExamples })
}
