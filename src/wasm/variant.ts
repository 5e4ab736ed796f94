/** The builds of one AssemblyScript source, the fastest first. */
export const VARIANTS = ['relaxed', 'simd128'] as const
export type Variant = (typeof VARIANTS)[number]
