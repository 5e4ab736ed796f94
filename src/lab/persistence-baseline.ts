import type { ModelBatch } from './model/experiment-model.ts'

/** Predicts that the target stays as it is at the window's last step: the baseline that every network is compared with. */
export function persistence({
  steps,
  width,
  target,
}: {
  readonly steps: number
  readonly width: number
  readonly target: number
}): (batch: ModelBatch) => Float32Array {
  const last = (steps - 1) * width + target
  return ({ size, inputs }) =>
    Float32Array.from({ length: size }, (_, sample) => inputs[sample * steps * width + last]!)
}
