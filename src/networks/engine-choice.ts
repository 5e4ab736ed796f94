/**
 * What trains recurrent networks: the project's own kernel, or TensorFlow.js's own layers. `auto` is the kernel wherever a
 * build of it runs.
 */
export const ENGINES = ['auto', 'kernel', 'tfjs'] as const
export type EngineChoice = (typeof ENGINES)[number]
