/**
 * What TensorFlow.js computes its layers with, the fastest first. `fused` is its cpu backend with recurrent layers on the
 * WebAssembly kernel; the others are its own backends.
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
