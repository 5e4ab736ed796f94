import type { Station } from '../../domain/station.ts'
import { dampedAnomaly } from '../../forecast/damped-anomaly.ts'
import { featureLayout } from '../../forecast/features/station-features.ts'
import type { Forecaster } from '../../forecast/forecaster.ts'
import { persistence } from '../../forecast/persistence.ts'
import type { MlpSpec } from './mlp-layout.ts'

/** A network on features among the experts. */
export interface MlpExpert {
  readonly name: string
  /** It learns and predicts how far the truth is from this forecast. */
  readonly base: (station: Station) => Forecaster
  readonly dropout: number
  readonly noise: number
  /** SampleRange of a batch from the last 60 days. */
  readonly recentShare: number
  /** Added to the run's seed. */
  readonly seed: number
}

const HIDDEN = 128

/** Every network on features, in the order of tables. A new one is a line here. */
export const MLP_EXPERTS: readonly MlpExpert[] = [
  { name: 'mlp', base: persistence, dropout: 0.3, noise: 0, recentShare: 0.25, seed: 0 },
  { name: 'mlp_anomaly', base: dampedAnomaly, dropout: 0.4, noise: 0.1, recentShare: 0.1, seed: 1_000_003 },
]

export function mlpSpec(station: Station, { dropout, noise }: MlpExpert): MlpSpec {
  return { inputs: featureLayout(station).names.length, hidden: HIDDEN, dropout, noise }
}
