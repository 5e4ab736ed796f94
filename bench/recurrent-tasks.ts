/** What every contender of the kernel bench does: shapes as in peers/pytorch.py. */

export const STEPS = 240
export const FEATURES = 14
export const LEADS = 24

export const NETWORKS = {
  gru32: { title: 'GRU(32)', cell: 'gru', units: [32], bidirectional: false },
  bigru32: { title: 'Bi-GRU(32)', cell: 'gru', units: [32], bidirectional: true },
  gru32x64: { title: 'GRU(32)->GRU(64)', cell: 'gru', units: [32, 64], bidirectional: false },
  lstm32: { title: 'LSTM(32)', cell: 'lstm', units: [32], bidirectional: false },
} as const

export type NetworkName = keyof typeof NETWORKS

/** One line to a peer. */
export interface Asked {
  readonly network: NetworkName
  readonly batch: number
  readonly repeats: number
  /** A prediction of one sample rather than a training step. */
  readonly window?: boolean
  readonly peak?: boolean
}

export interface Task {
  readonly network: NetworkName
  /** Samples of a training step, or a prediction of one window. */
  readonly batch: number | 'window'
}

export const TASKS: readonly Task[] = [128, 32, 'window' as const].flatMap((batch) =>
  (Object.keys(NETWORKS) as NetworkName[]).map((network) => ({ network, batch })),
)

/** Multiply-adds that a task cannot do without, counted as two: products forward, and for weights, states and inputs. */
export function flopsOf({ network, batch }: Task): number {
  const { cell, units, bidirectional } = NETWORKS[network]
  const gates = cell === 'gru' ? 3 : 4
  const samples = batch === 'window' ? 1 : batch
  let below = FEATURES
  let terms = 0
  for (const [layer, width] of units.entries()) {
    const forward = below + width
    const back = forward + width + (layer > 0 ? below : 0)
    terms += (batch === 'window' ? forward : forward + back) * gates * width
    below = width
  }
  return 2 * samples * STEPS * terms * (bidirectional ? 2 : 1)
}
