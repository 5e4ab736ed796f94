import { LEADS } from '../../src/domain/forecast.ts'
import { HOUR } from '../../src/domain/instant.ts'
import type { ScalerSnapshot } from '../../src/domain/lookback.ts'
import { seededRandom } from '../../src/domain/random.ts'
import type { NetworkSpec } from '../../src/domain/weights.ts'
import type { Batch, TrainingRound } from '../../src/learn/trainer.ts'

export const SMALL: NetworkSpec = {
  cell: 'gru',
  units: [8],
  bidirectional: false,
  steps: 6,
  stepSpan: 3 * HOUR,
  channels: 3,
  target: 1,
}

export function scalerOf({ channels }: NetworkSpec): ScalerSnapshot {
  return {
    count: 1000,
    mean: new Float64Array(channels).fill(10),
    deviation: new Float64Array(channels).fill(5),
  }
}

/** Samples whose target goes back to its mean of 10 by a third at once and stays there: easy to learn. */
export function someBatch(spec: NetworkSpec, { size, seed }: { size: number; seed: number }): Batch {
  const random = seededRandom(seed)
  const inputs = Float32Array.from(
    { length: size * spec.steps * spec.channels },
    () => 10 + 20 * (random.unit() - 0.5),
  )
  const last = (sample: number) =>
    inputs[sample * spec.steps * spec.channels + (spec.steps - 1) * spec.channels + spec.target]!
  return {
    size,
    inputs,
    base: Float32Array.from({ length: size }, (_, sample) => last(sample)),
    issuedAt: Float64Array.from({ length: size }, (_, sample) => sample * HOUR),
    truth: Float32Array.from({ length: size * LEADS }, (_, index) => {
      const base = last(Math.floor(index / LEADS))
      return base + (10 - base) / 3
    }),
  }
}

export function someRound(
  spec: NetworkSpec,
  round: number,
  overrides: Partial<TrainingRound> = {},
): TrainingRound {
  return {
    round,
    requestedAt: round * 12 * HOUR,
    scaler: scalerOf(spec),
    learningRate: 1e-2,
    batches: [
      someBatch(spec, { size: 16, seed: 2 * round }),
      someBatch(spec, { size: 16, seed: 2 * round + 1 }),
    ],
    ...overrides,
  }
}
