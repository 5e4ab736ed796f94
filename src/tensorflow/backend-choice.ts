/**
 * What trains the network, the best first: the fused kernel under TensorFlow.js, or TensorFlow.js's own layers on one
 * of its backends.
 */
export const ENGINES = ['fused', 'tfjs-node', 'wasm', 'cpu'] as const
export type EngineName = (typeof ENGINES)[number]
/** `auto` takes the first that works. */
export type EngineChoice = 'auto' | EngineName

export interface Engine {
  readonly name: EngineName
  /** What runs, and why nothing better: `fused kernel (relaxed SIMD) within tfjs cpu`, `wasm (fused: ...)`. */
  readonly report: string
}
