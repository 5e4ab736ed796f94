import type { Random } from '../domain/random.ts'
import type { ModelBatch } from './model/experiment-model.ts'
import type { InputSpec, ModelSpec } from './model/model-spec.ts'

/** What an experiment learns from and is tested on, whatever it is about. */
export interface Task {
  readonly input: InputSpec
  readonly loss: ModelSpec['loss']
  /** What one unit of loss is in the target's own unit; none for reviews. */
  readonly unitOfLoss?: { readonly size: number; readonly unit: string }
  readonly stepsPerEpoch: number
  /** An epoch's batches; each is good until the next. */
  training(random: Random, steps: number): Iterable<ModelBatch>
  /** Every sample of a part once, in order. */
  whole(part: 'validation' | 'test'): Iterable<ModelBatch>
  readonly sizes: { readonly training: number; readonly validation: number; readonly test: number }
}

/** How good predictions are: the mean loss, and for reviews the share that were right. */
export interface Figures {
  readonly loss: number
  readonly accuracy?: number | undefined
}

export function figuresOver(
  loss: Task['loss'],
  {
    batches,
    predict,
  }: { readonly batches: Iterable<ModelBatch>; readonly predict: (batch: ModelBatch) => Float32Array },
): Figures {
  let total = 0
  let right = 0
  let count = 0
  for (const batch of batches) {
    const predicted = predict(batch)
    for (let sample = 0; sample < batch.size; sample++) {
      const value = predicted[sample]!
      const truth = batch.targets[sample]!
      total += loss === 'mae' ? Math.abs(value - truth) : softplus(value) - value * truth
      if (value > 0 === truth > 0.5) right += 1
    }
    count += batch.size
  }
  return { loss: total / count, ...(loss === 'cross_entropy' && { accuracy: right / count }) }
}

/** log(1 + e^x). */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
}
