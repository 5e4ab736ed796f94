import { LEADS } from '../../../src/domain/forecast.ts'
import { seededRandom } from '../../../src/domain/random.ts'
import type { TrainingRound } from '../../../src/learn/trainer.ts'
import type { MlpBatch } from '../../../src/networks/mlp/mlp-gradient-types.ts'
import { layoutOf, type MlpSpec } from '../../../src/networks/mlp/mlp-layout.ts'

export const SMALL_MLP: MlpSpec = { inputs: 7, hidden: 16, dropout: 0.25, noise: 0.1 }

/** Parameters and a batch, all drawn; one truth in ten is unknown. */
export function drawMlp(
  { inputs, hidden }: Pick<MlpSpec, 'inputs' | 'hidden'>,
  { size, seed }: { readonly size: number; readonly seed: number },
): { readonly parameters: Float32Array; readonly batch: MlpBatch } {
  const random = seededRandom(seed)
  const draw = (length: number, reach: number) =>
    Float32Array.from({ length }, () => reach * (2 * random.unit() - 1))
  return {
    parameters: draw(layoutOf({ inputs, hidden }).size, 1 / Math.sqrt(inputs)),
    batch: {
      size,
      x: draw(size * inputs, 2),
      mask: Float32Array.from({ length: size * hidden }, () => (random.unit() < 0.3 ? 0 : 1 / 0.7)),
      truth: draw(size * LEADS, 3).map((value) => (random.unit() < 0.1 ? Number.NaN : value)),
    },
  }
}

/** A round of some batches: the same number makes the same round. Truths are the size of the first input, where none is given. */
export function mlpRound(
  { inputs }: MlpSpec,
  round: number,
  { steps = 2, size = 16, truth }: { steps?: number; size?: number; truth?: number } = {},
): TrainingRound {
  const random = seededRandom(round)
  const batches = Array.from({ length: steps }, () => {
    const x = Float32Array.from({ length: size * inputs }, () => 2 * random.unit() - 1)
    return {
      size,
      inputs: x,
      base: new Float32Array(size),
      issuedAt: new Float64Array(size),
      truth: Float32Array.from(
        { length: size * LEADS },
        (_, index) => truth ?? Math.abs(x[Math.floor(index / LEADS) * inputs]!),
      ),
    }
  })
  const scaler = { count: 0, mean: new Float64Array(0), deviation: new Float64Array(0) }
  return { round, requestedAt: round, scaler, learningRate: 1e-2, batches }
}
