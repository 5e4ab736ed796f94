import type { ScalerSnapshot } from '../domain/lookback.ts'
import type { WeightArray } from '../domain/weights.ts'
import type { Batch, TrainingResult, TrainingRound } from '../learn/trainer.ts'
import { copyOf, descend, optimizerFor } from './optimizer.ts'

/** A network as what trains it sees it: one array of parameters, and a loss with its slope. */
export interface Trainable {
  readonly initial: Float32Array
  /** The loss at these parameters; its slope by each of them is written to `slope`. */
  lossAt(
    parameters: Float32Array,
    batch: Batch,
    into: { readonly scaler: ScalerSnapshot; readonly slope: Float32Array },
  ): number
  /** Views of an array of parameters in the shapes of the network's weights, in their order. */
  shaped(parameters: Float32Array): WeightArray[]
}

/**
 * Begins training from the initial parameters and works rounds off, each from where the last one ended. A round
 * whose loss or parameters are not finite is undone, and says so by its loss.
 */
export function roundsOf(
  { initial, lossAt, shaped }: Trainable,
  longestMemory?: number,
): (round: TrainingRound) => TrainingResult {
  let optimizer = optimizerFor(initial.slice(), longestMemory)
  const slope = new Float32Array(initial.length)

  return ({ round, requestedAt, scaler, learningRate, batches }) => {
    const began = performance.now()
    const before = copyOf(optimizer)
    let total = 0
    for (const batch of batches) {
      total += lossAt(optimizer.parameters, batch, { scaler, slope })
      // Nothing after a loss that is not finite could be: the round is over.
      if (!Number.isFinite(total)) break
      descend(optimizer, slope, learningRate)
    }
    const finite = Number.isFinite(total) && optimizer.parameters.every(Number.isFinite)
    if (!finite) optimizer = before
    const arrays = shaped(optimizer.average).map(({ shape, values }) => ({ shape, values: values.slice() }))
    return {
      weights: { version: round, trainedAt: requestedAt, scaler, arrays },
      loss: finite ? total / Math.max(1, batches.length) : Number.NaN,
      steps: batches.length,
      wallMs: performance.now() - began,
    }
  }
}
