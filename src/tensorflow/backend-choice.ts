/**
 * What TensorFlow.js computes with, the best first: the fused kernel beside its cpu backend, or its own layers on one of
 * its backends.
 */
export const BACKEND_NAMES = ['fused', 'tfjs-node', 'wasm', 'cpu'] as const
export type BackendName = (typeof BACKEND_NAMES)[number]
/** `auto` takes the first that works, `stock` the first of TensorFlow.js's own. */
export type BackendChoice = 'auto' | 'stock' | BackendName

export interface Backend {
  readonly name: BackendName
  /** What runs, and why nothing better: `fused kernel (relaxed SIMD) within tfjs cpu`, `wasm (fused: ...)`. */
  readonly report: string
}
