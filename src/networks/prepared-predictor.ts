import type { Weights } from '../domain/weights.ts'

/** What weights become before they predict; it holds memory of the kernel's until it is released. */
interface Releasable {
  release(): void
}

/** Prepares weights once for all forecasts that are made with them: only the newest ones stay prepared. */
export function preparedPredictor<Predictor extends Releasable>(
  prepare: (weights: Weights) => Predictor,
): (weights: Weights) => Predictor {
  let prepared: { readonly of: Weights; readonly predictor: Predictor } | undefined
  return (weights) => {
    if (prepared?.of !== weights) {
      prepared?.predictor.release()
      prepared = { of: weights, predictor: prepare(weights) }
    }
    return prepared.predictor
  }
}
