import type { NetworkSpec } from '../domain/weights.ts'

/** A recurrent network among the experts. */
export interface RecurrentExpert extends Pick<NetworkSpec, 'cell' | 'units' | 'bidirectional'> {
  readonly name: string
  /** Added to the run's seed. */
  readonly seed: number
  /** Rounds of training before it available: what has learnt little only costs the mixture its first weeks. Default 1. */
  readonly availableFromRound?: number
}

/** Two months of daily rounds. */
const TWO_MONTHS = 60

/** Every recurrent network, in the order of tables. A new one is a line here. */
export const RECURRENT_EXPERTS: readonly RecurrentExpert[] = [
  { name: 'gru', cell: 'gru', units: [32], bidirectional: false, seed: 0 },
  {
    name: 'gru_stacked',
    cell: 'gru',
    units: [32, 32],
    bidirectional: false,
    seed: 2_000_003,
    availableFromRound: TWO_MONTHS,
  },
  {
    name: 'gru_bidirectional',
    cell: 'gru',
    units: [16],
    bidirectional: true,
    seed: 3_000_017,
    availableFromRound: TWO_MONTHS,
  },
]
