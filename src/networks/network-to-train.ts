import type { NetworkSpec } from '../domain/weights.ts'
import type { MlpSpec } from './mlp/mlp-layout.ts'

/** A network as whoever trains it needs to know it. Plain data. */
export type NetworkToTrain =
  | { readonly kind: 'recurrent'; readonly spec: NetworkSpec; readonly seed: number }
  | { readonly kind: 'mlp'; readonly spec: MlpSpec; readonly seed: number }
